"""What must hold between redemptions and the ledger."""

QUESTIONS = {
    "a_redemption_moved_its_points": """
        WITH moved AS (
            SELECT t.county_id, t.reference, d.owner AS household_id, c.owner AS shop_id,
                   sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'redemption'
             GROUP BY 1, 2, 3, 4
        )
        SELECT coalesce(r.county_id, m.county_id),
               coalesce('redemption ' || r.id, 'transfer of ' || m.reference),
               CASE WHEN r.id IS NULL THEN 'no redemption names it'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM redemptions r
          FULL JOIN moved m
            ON m.county_id = r.county_id AND m.reference = 'redemption:' || r.id
         WHERE (r.household_id, r.shop_id, r.points)
               IS DISTINCT FROM (m.household_id, m.shop_id, m.points)
    """,
    "a_subsidy_belongs_to_its_redemption": """
        SELECT s.county_id, 'subsidy ' || s.id,
               CASE WHEN r.id IS NULL THEN 'its redemption is missing'
                    ELSE 'its redemption says otherwise' END
          FROM subsidies s
          LEFT JOIN redemptions r
            ON r.county_id = s.county_id AND 'redemption:' || r.id = s.reference
         WHERE starts_with(s.reference, 'redemption:')
           AND (s.points, s.household_id, s.shop_id, s.paid_at, s.given_back_fen)
               IS DISTINCT FROM (r.points, r.household_id, r.shop_id, r.paid_at,
                                 CASE r.state WHEN 'void' THEN s.subsidy_fen ELSE 0 END)
    """,
    "a_redemption_used_its_code": """
        SELECT r.county_id, 'redemption ' || r.id, 'no code was used for it'
          FROM redemptions r
          LEFT JOIN pay_codes p ON p.county_id = r.county_id AND p.id = r.pay_code_id
         WHERE r.means = 'pay_code'
           AND (p.redemption_id, p.household_id) IS DISTINCT FROM (r.id, r.household_id)
    """,
}

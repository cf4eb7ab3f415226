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
    "a_redemption_used_its_shop_code": """
        SELECT r.county_id, 'redemption ' || r.id, 'the shop had no such code then'
          FROM redemptions r
          LEFT JOIN shop_codes c ON c.id = r.shop_code_id AND c.county_id = r.county_id
         WHERE r.means = 'shop_code'
           AND (c.shop_id IS DISTINCT FROM r.shop_id OR r.paid_at < c.made_at)
    """,
    "a_void_redemption_gave_its_points_back": """
        WITH back AS (
            SELECT t.county_id, split_part(t.reference, '#', 1) AS reference,
                   d.owner AS shop_id, c.owner AS household_id, sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'void'
                OR t.kind = 'reversal' AND starts_with(t.reference, 'redemption_reversal:')
             GROUP BY 1, 2, 3, 4
        ), void AS (
            SELECT *, CASE WHEN voided_at IS NULL THEN 'redemption_reversal:'
                           ELSE 'redemption_void:' END || id AS reference
              FROM redemptions WHERE state = 'void'
        )
        SELECT coalesce(r.county_id, b.county_id),
               coalesce('redemption ' || r.id, 'transfer of ' || b.reference),
               CASE WHEN r.id IS NULL THEN 'no void redemption names it'
                    WHEN b.reference IS NULL THEN 'its points did not go back'
                    ELSE 'what went back says otherwise' END
          FROM void r
          FULL JOIN back b ON b.county_id = r.county_id AND b.reference = r.reference
         WHERE (r.household_id, r.shop_id, r.points)
               IS DISTINCT FROM (b.household_id, b.shop_id, b.points)
    """,
    "a_void_is_of_the_same_day": """
        SELECT county_id, 'redemption ' || id, 'the shop took it back on another day'
          FROM redemptions
         WHERE (voided_at AT TIME ZONE 'Asia/Shanghai')::date
               <> (paid_at AT TIME ZONE 'Asia/Shanghai')::date
    """,
    "the_goods_of_a_redemption_add_up": """
        SELECT l.county_id, 'redemption ' || l.redemption_id,
               'its goods cost ' || l.fen || ', its price says '
               || coalesce(s.market_price_fen, r.points)
          FROM (SELECT county_id, redemption_id, sum(quantity * price_fen) AS fen
                  FROM redemption_lines GROUP BY 1, 2) l
          JOIN redemptions r ON r.county_id = l.county_id AND r.id = l.redemption_id
          LEFT JOIN subsidies s
            ON s.county_id = l.county_id AND s.reference = 'redemption:' || l.redemption_id
         WHERE l.fen <> coalesce(s.market_price_fen, r.points)
    """,
    "a_confirmed_payment_has_its_redemption": """
        SELECT p.county_id, 'pending payment ' || p.id, 'its redemption says otherwise'
          FROM pending_payments p
          LEFT JOIN redemptions r ON r.county_id = p.county_id AND r.pay_code_id = p.pay_code_id
         WHERE (p.redemption_id IS NOT NULL OR r.id IS NOT NULL)
           AND (p.redemption_id, p.household_id, p.user_id, p.shop_id, p.points, p.decided_at)
               IS DISTINCT FROM (r.id, r.household_id, r.user_id, r.shop_id, r.points, r.paid_at)
    """,
}

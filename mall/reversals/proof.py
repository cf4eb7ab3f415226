"""What must hold between reversals, debts and the ledger. Each question answers with the lies:
county, subject, problem.

An award is taken back by two officials (``reversals``) or by a third review, whose row says what
it took.
"""

from app.kernel.audit.agreeing import Step, agree

QUESTIONS = {
    "a_reversal_moved_what_it_says": """
        WITH RECURSIVE went AS (
            SELECT county_id, household_id, other_id FROM household_changes
             WHERE other_id IS NOT NULL
            UNION
            SELECT w.county_id, w.household_id, c.other_id
              FROM went w JOIN household_changes c ON c.county_id = w.county_id
               AND c.household_id = w.other_id AND c.other_id IS NOT NULL
        ), moved AS (
            SELECT t.county_id, split_part(t.reference, '#', 1) AS reference,
                   array_agg(DISTINCT h.owner) AS households, sum(t.amount) AS points
              FROM ledger.transfers t
              JOIN ledger.accounts h ON h.county_id = t.county_id AND h.kind = 'household'
                                    AND h.id IN (t.debit, t.credit)
             WHERE t.kind = 'reversal'
             GROUP BY 1, 2
        ), said AS (
            SELECT r.county_id, r.id, r.household_id, r.moved AS points,
                   CASE r.subject WHEN 'award' THEN 'reversal:'
                                  WHEN 'sale' THEN 'sale_reversal:'
                                  ELSE 'redemption_reversal:' END || r.subject_id AS reference
              FROM reversals r
             WHERE r.state = 'confirmed' AND r.moved > 0
            UNION ALL
            SELECT a.county_id, a.id, a.household_id, v.taken, 'reversal:' || a.id
              FROM reviews v
              JOIN awards a ON a.county_id = v.county_id AND a.evidence_kind = 'self_check'
                           AND a.evidence_id = v.self_check_id
             WHERE v.taken > 0
        )
        SELECT coalesce(s.county_id, m.county_id),
               coalesce('reversal or award ' || s.id, 'transfer of ' || m.reference),
               CASE WHEN s.id IS NULL THEN 'no confirmed reversal or third review names it'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM said s
          FULL JOIN moved m ON m.county_id = s.county_id AND m.reference = s.reference
         WHERE s.points IS DISTINCT FROM m.points
            -- What a household gave on when it was split or merged is taken where it is now.
            OR EXISTS (SELECT FROM unnest(m.households) AS of (id)
                        WHERE of.id <> s.household_id
                          AND NOT EXISTS (SELECT FROM went w
                                           WHERE w.county_id = s.county_id
                                             AND w.household_id = s.household_id
                                             AND w.other_id = of.id))
    """,
    "what_is_reversed_says_so": """
        SELECT r.county_id, r.subject || ' ' || r.subject_id,
               'is not marked as reversed, or with other points'
          FROM reversals r
         WHERE r.state = 'confirmed'
           AND NOT EXISTS (SELECT FROM awards a
                            WHERE r.subject = 'award' AND a.county_id = r.county_id
                              AND a.id = r.subject_id AND a.points = r.points
                              AND a.reversed_at IS NOT NULL)
           AND NOT EXISTS (SELECT FROM redemptions p
                            WHERE r.subject = 'redemption' AND p.county_id = r.county_id
                              AND p.id = r.subject_id AND p.points = r.points
                              AND p.state = 'void')
           AND NOT EXISTS (SELECT FROM sales s
                            WHERE r.subject = 'sale' AND s.county_id = r.county_id
                              AND s.id = r.subject_id AND s.points = r.points
                              AND s.state = 'reversed')
        UNION ALL
        SELECT s.county_id, 'sale ' || s.id, 'is marked as reversed, and nobody confirmed that'
          FROM sales s
         WHERE s.state = 'reversed'
           AND NOT EXISTS (SELECT FROM reversals r
                            WHERE r.county_id = s.county_id AND r.subject = 'sale'
                              AND r.subject_id = s.id AND r.state = 'confirmed')
        UNION ALL
        SELECT a.county_id, 'award ' || a.id, 'is marked as reversed, and nobody confirmed that'
          FROM awards a
         WHERE a.reversed_at IS NOT NULL
           AND NOT EXISTS (SELECT FROM reversals r
                            WHERE r.county_id = a.county_id AND r.subject = 'award'
                              AND r.subject_id = a.id AND r.state = 'confirmed')
           AND NOT EXISTS (SELECT FROM reviews v
                            WHERE v.county_id = a.county_id AND a.evidence_kind = 'self_check'
                              AND v.self_check_id = a.evidence_id
                              AND v.taken + v.owed IN (0, a.points))
    """,
    "a_debt_is_what_a_reversal_could_not_take": """
        SELECT coalesce(r.county_id, d.county_id),
               'award ' || coalesce(r.subject_id, d.award_id),
               'left ' || coalesce(r.owed, 0) || ' owed, its debt says ' || coalesce(d.points, 0)
          FROM (SELECT county_id, subject_id, household_id, owed FROM reversals
                 WHERE subject = 'award' AND state = 'confirmed' AND owed > 0
                UNION ALL
                SELECT a.county_id, a.id, a.household_id, v.owed
                  FROM reviews v
                  JOIN awards a ON a.county_id = v.county_id AND a.evidence_kind = 'self_check'
                               AND a.evidence_id = v.self_check_id
                 WHERE v.owed > 0) r
          FULL JOIN debts d ON d.county_id = r.county_id AND d.award_id = r.subject_id
         WHERE (r.owed, r.household_id) IS DISTINCT FROM (d.points, d.household_id)
    """,
    "a_repayment_moved_what_it_says": """
        SELECT coalesce(p.county_id, t.county_id),
               coalesce('repayment ' || p.id, 'transfer ' || t.id),
               CASE WHEN p.id IS NULL THEN 'no repayment names it'
                    WHEN t.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM debt_repayments p
          JOIN debts d ON d.county_id = p.county_id AND d.id = p.debt_id
          JOIN awards a ON a.county_id = p.county_id AND a.id = p.award_id
          FULL JOIN (SELECT t.county_id, t.id, t.amount, f.owner AS household_id,
                            b.owner AS village_id
                       FROM ledger.transfers t
                       LEFT JOIN ledger.accounts f ON f.county_id = t.county_id AND f.id = t.debit
                       LEFT JOIN ledger.accounts b ON b.county_id = t.county_id AND b.id = t.credit
                      WHERE t.kind = 'repayment') t
            ON t.county_id = p.county_id AND t.id = p.transfer_id
         WHERE (p.points, a.household_id, d.village_id)
               IS DISTINCT FROM (t.amount, t.household_id, t.village_id)
    """,
    "no_debt_is_repaid_beyond_itself": """
        SELECT d.county_id, 'debt ' || d.id, sum(p.points) || ' repaid of ' || d.points
          FROM debts d
          JOIN debt_repayments p ON p.county_id = d.county_id AND p.debt_id = d.id
         GROUP BY d.county_id, d.id, d.points HAVING sum(p.points) > d.points
    """,
    "an_award_says_what_of_it_repaid": """
        SELECT a.county_id, 'award ' || a.id,
               'says ' || a.repaid || ' repaid, its repayments ' || coalesce(sum(p.points), 0)
          FROM awards a
          LEFT JOIN debt_repayments p ON p.county_id = a.county_id AND p.award_id = a.id
         GROUP BY a.county_id, a.id, a.repaid HAVING a.repaid <> coalesce(sum(p.points), 0)
    """,
    "what_expired_went_back_to_the_reserve": """
        SELECT b.county_id, 'account ' || b.account_id, b.posted || ' expired and stayed'
          FROM ledger.accounts a
          JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
         WHERE a.kind = 'expired' AND b.posted <> 0
    """,
    # What follows from a sale's reversal was asked for with the sale, and decided with it.
    "a_reversal_names_who_is_on_the_trace": agree(
        "reversals",
        "reversal",
        [Step("decided_by", "decided_at", ["reversals.confirm", "reversals.decline"])],
    ),
}

"""What must hold of points and debts that went from one household to another."""

QUESTIONS = {
    "carried_points_are_of_a_change_or_follow_one": """
        WITH RECURSIVE follows AS (
            SELECT county_id, id, successor_id FROM households WHERE successor_id IS NOT NULL
            UNION
            SELECT f.county_id, f.id, h.successor_id
              FROM follows f JOIN households h ON h.id = f.successor_id
             WHERE h.successor_id IS NOT NULL
        ), moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount, d.owner AS from_id, c.owner AS to_id,
                   d.expires_on
              FROM ledger.transfers t
              JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'carry'
        )
        SELECT m.county_id, 'transfer ' || m.id, 'no change names it, and it follows none'
          FROM moved m
         WHERE NOT EXISTS (SELECT FROM change_points p
                            WHERE p.county_id = m.county_id AND p.transfer_id = m.id)
           AND NOT (starts_with(m.reference, 'follow:')
                    AND EXISTS (SELECT FROM follows f
                                 WHERE f.id = m.from_id AND f.successor_id = m.to_id))
        UNION ALL
        SELECT p.county_id, 'change ' || p.change_id,
               CASE WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM change_points p
          JOIN household_changes h ON h.county_id = p.county_id AND h.id = p.change_id
          LEFT JOIN moved m ON m.county_id = p.county_id AND m.id = p.transfer_id
         WHERE (p.points, p.from_id, p.to_id, p.expires_on, 'change:' || p.change_id)
               IS DISTINCT FROM (m.amount, m.from_id, m.to_id, m.expires_on, m.reference)
            OR (h.household_id, h.other_id) IS DISTINCT FROM (p.from_id, p.to_id)
    """,
    "nobody_passes_on_more_than_they_owe": """
        WITH parts AS (
            SELECT county_id, id AS debt_id, household_id AS holder, points FROM debts
            UNION ALL
            SELECT county_id, debt_id, to_id, points FROM debt_moves
            UNION ALL
            SELECT county_id, debt_id, from_id, -points FROM debt_moves
            UNION ALL
            SELECT r.county_id, r.debt_id, a.household_id, -r.points
              FROM debt_repayments r
              JOIN awards a ON a.county_id = r.county_id AND a.id = r.award_id
        )
        SELECT county_id, 'debt ' || debt_id, 'household ' || holder || ' owes ' || sum(points)
          FROM parts GROUP BY county_id, debt_id, holder HAVING sum(points) < 0
    """,
    "a_debt_moved_by_a_change_of_both": """
        SELECT m.county_id, 'debt ' || m.debt_id, 'went to a household of another change'
          FROM debt_moves m
          JOIN household_changes c ON c.county_id = m.county_id AND c.id = m.change_id
         WHERE c.household_id <> m.from_id
    """,
}

"""What must hold between awards, policies and the ledger. Each question answers with the lies."""

QUESTIONS = {
    "an_award_moved_what_was_decided": """
        SELECT a.county_id, 'award ' || a.id,
               CASE WHEN t.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM awards a
          LEFT JOIN ledger.transfers t ON t.county_id = a.county_id AND t.id = a.transfer_id
          LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
          LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
         WHERE a.transfer_id IS NOT NULL
           AND (t.kind, t.reference, t.amount, d.kind, d.owner, c.kind, c.owner)
               IS DISTINCT FROM ('award', 'award:' || a.id, a.points, 'village_budget',
                                 a.village_id, 'household', a.household_id)
    """,
    "every_award_transfer_has_its_award": """
        SELECT t.county_id, 'transfer ' || t.id, 'no award names it'
          FROM ledger.transfers t
         WHERE t.kind = 'award'
           AND NOT EXISTS (SELECT FROM awards a
                            WHERE a.county_id = t.county_id AND a.transfer_id = t.id)
    """,
    "an_award_rests_on_a_rule_of_its_policy": """
        SELECT a.county_id, 'award ' || a.id,
               CASE WHEN p.version IS NULL THEN 'its policy is missing'
                    ELSE a.points || ' points, and ' || a.rule || ' of policy ' || p.version
                         || ' gives ' || coalesce(p.rules ->> a.rule, 'nothing') END
          FROM awards a
          LEFT JOIN policies p ON p.county_id = a.county_id AND p.version = a.policy_version
         WHERE p.version IS NULL OR split_part(a.rule, '.', 1) <> a.source
            OR (a.points > 0 AND a.points::text IS DISTINCT FROM p.rules ->> a.rule)
    """,
    "no_decision_is_paid_twice": """
        SELECT county_id, evidence_kind || ' ' || evidence_id,
               count(*) || ' awards as ' || source
          FROM awards GROUP BY county_id, evidence_kind, evidence_id, source HAVING count(*) > 1
        UNION ALL
        SELECT county_id, 'transfer ' || transfer_id, count(*) || ' awards name it'
          FROM awards WHERE transfer_id IS NOT NULL
         GROUP BY county_id, transfer_id HAVING count(*) > 1
    """,
}

"""What must hold between awards, policies and the ledger. Each question answers with the lies."""

from app.kernel.audit.agreeing import Step, agree

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
    # In the year after, on the day of its policy or the last one of a shorter month; an award that
    # was paid only after it ends as if it were earned on the day of payment.
    "points_of_an_award_end_when_its_policy_says": """
        WITH ends AS (
            SELECT a.county_id, a.id, c.expires_on, paid.on_day AS paid_on,
                   least(of_award.first + p.day - 1, of_award.last) AS earned_until,
                   least(of_pay.first + p.day - 1, of_pay.last) AS paid_until
              FROM awards a
              JOIN (SELECT county_id, version,
                           coalesce((rules ->> 'expiry.month')::int, 3) AS month,
                           coalesce((rules ->> 'expiry.day')::int, 31) AS day
                      FROM policies) p
                ON p.county_id = a.county_id AND p.version = a.policy_version
              JOIN ledger.transfers t ON t.county_id = a.county_id AND t.id = a.transfer_id
              JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             CROSS JOIN LATERAL (
                SELECT (a.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS on_day) paid
             CROSS JOIN LATERAL (
                SELECT m AS first, (m + interval '1 month')::date - 1 AS last
                  FROM make_date(extract(year FROM a.day)::int + 1, p.month, 1) m) of_award
             CROSS JOIN LATERAL (
                SELECT m AS first, (m + interval '1 month')::date - 1 AS last
                  FROM make_date(extract(year FROM paid.on_day)::int + 1, p.month, 1) m) of_pay)
        SELECT county_id, 'award ' || id,
               'its points end on ' || coalesce(expires_on::text, 'no day')
          FROM ends
         WHERE expires_on IS DISTINCT FROM
               CASE WHEN earned_until >= paid_on THEN earned_until ELSE paid_until END
    """,
    "every_award_transfer_has_its_award": """
        SELECT t.county_id, 'transfer ' || t.id, 'no award names it'
          FROM ledger.transfers t
         WHERE t.kind = 'award'
           AND NOT EXISTS (SELECT FROM awards a
                            WHERE a.county_id = t.county_id AND a.transfer_id = t.id)
    """,
    "an_award_rests_on_a_rule_of_its_policy": """
        WITH plain AS (
            SELECT a.*, p.version, p.rules, p.campaigns -> a.campaign::int AS more,
                   a.quantity / CASE a.rule
                       WHEN 'sale.weight_bonus' THEN (p.rules ->> 'sale.weight_bonus_grams')::int
                       WHEN 'low_value.bonus' THEN (p.rules ->> 'low_value.bonus_grams')::int
                       ELSE 1 END * (p.rules ->> a.rule)::bigint AS gives
              FROM awards a
              LEFT JOIN policies p ON p.county_id = a.county_id AND p.version = a.policy_version
        )
        SELECT county_id, 'award ' || id,
               CASE WHEN version IS NULL THEN 'its policy is missing'
                    ELSE points || ' points, and ' || rule || ' of policy ' || version
                         || ' gives ' || coalesce(rules ->> rule, 'nothing')
                         || coalesce(' with ' || (more ->> 'name'), '') END
          FROM plain
         WHERE version IS NULL OR split_part(rule, '.', 1) <> source
            OR (points > 0 AND campaign IS NULL AND points IS DISTINCT FROM gives)
            OR (points > 0 AND campaign IS NOT NULL AND (
                    more IS NULL OR more ->> 'rule' <> rule
                    OR day NOT BETWEEN (more ->> 'first_day')::date AND (more ->> 'last_day')::date
                    OR points IS DISTINCT FROM
                       gives * (more ->> 'times')::bigint + (more ->> 'bonus')::bigint))
    """,
    "a_version_was_approved_by_two_people": """
        SELECT p.county_id, 'policy ' || p.version,
               CASE WHEN d.id IS NULL THEN 'no approved draft became it'
                    ELSE 'its draft says otherwise' END
          FROM policies p
          LEFT JOIN policy_drafts d ON d.county_id = p.county_id AND d.version = p.version
         WHERE (p.version > 1 OR p.approved_by IS NOT NULL OR p.made_by IS NOT NULL)
           AND (d.state, d.made_by, d.decided_by, d.in_force_from, d.rules, d.campaigns)
               IS DISTINCT FROM ('approved', p.made_by, p.approved_by, p.in_force_from,
                                 p.rules, p.campaigns)
    """,
    "nothing_is_paid_while_the_public_looks": """
        SELECT county_id, 'award ' || id, 'paid on its days of notice, until ' || notice_until
          FROM awards
         WHERE (paid_at AT TIME ZONE 'Asia/Shanghai')::date <= notice_until
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
    "a_policy_draft_names_who_is_on_the_trace": agree(
        "policy_drafts",
        "policy_draft",
        [
            Step("made_by", "made_at", ["awards.draft_policy"]),
            Step("decided_by", "decided_at", ["awards.approve_draft", "awards.withdraw_draft"]),
        ],
    ),
}

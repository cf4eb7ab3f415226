"""What must hold between campaigns, their funders, the purchases they paid for, and the ledger."""

from app.kernel.audit.agreeing import Step, agree, of_two

QUESTIONS = {
    "a_subsidy_moved_what_it_says": """
        WITH moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount, d.owner AS funder_id,
                   c.owner AS shop_id
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'subsidy'
        )
        SELECT coalesce(s.county_id, m.county_id),
               coalesce('subsidy ' || s.id, 'transfer ' || m.id),
               CASE WHEN s.id IS NULL THEN 'no subsidy names it'
                    WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM subsidies s
          FULL JOIN moved m
            ON m.county_id = s.county_id AND m.reference = s.reference || ':subsidy'
         WHERE (s.subsidy_fen, s.funder_id, s.shop_id)
               IS DISTINCT FROM (m.amount, m.funder_id, m.shop_id)
    """,
    "a_purchase_is_subsidised_once": """
        SELECT county_id, 'purchase ' || reference, count(*) || ' subsidies name it'
          FROM subsidies GROUP BY county_id, reference HAVING count(*) > 1
        UNION ALL
        SELECT county_id, 'purchase of ' || reference, count(*) || ' transfers pay it'
          FROM ledger.transfers WHERE kind = 'subsidy'
         GROUP BY county_id, reference HAVING count(*) > 1
    """,
    "what_came_back_of_a_subsidy_moved": """
        WITH moved AS (
            SELECT t.county_id, split_part(t.reference, ':subsidy_return:', 1) AS reference,
                   d.owner AS shop_id, c.owner AS funder_id, sum(t.amount) AS fen
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'subsidy_return'
             GROUP BY 1, 2, 3, 4
        )
        SELECT coalesce(s.county_id, m.county_id),
               'subsidy of ' || coalesce(s.reference, m.reference),
               coalesce(m.fen, 0) || ' fen went back, it says ' || coalesce(s.given_back_fen, 0)
          FROM (SELECT * FROM subsidies WHERE given_back_fen > 0) s
          FULL JOIN moved m ON m.county_id = s.county_id AND m.reference = s.reference
         WHERE (s.given_back_fen, s.shop_id, s.funder_id)
               IS DISTINCT FROM (m.fen, m.shop_id, m.funder_id)
    """,
    "a_subsidy_is_what_its_campaign_promises": """
        SELECT s.county_id, 'subsidy ' || s.id, 'no campaign promised it'
          FROM subsidies s
          LEFT JOIN campaigns c ON c.id = s.campaign_id AND c.county_id = s.county_id
         WHERE c.id IS NULL OR c.state NOT IN ('approved', 'stopped')
            OR c.funder_id <> s.funder_id
            OR coalesce(s.agreed_on, s.paid_on) NOT BETWEEN c.first_on AND c.last_on
            OR s.agreed_on > s.paid_on
            OR s.paid_on <> (s.paid_at AT TIME ZONE 'Asia/Shanghai')::date
            OR extract(isodow FROM coalesce(s.agreed_on, s.paid_on)) <> ALL (c.weekdays)
            OR s.points <> (s.market_price_fen * c.percent + 99) / 100
            OR s.points + s.subsidy_fen <> s.settlement_fen
            OR s.settlement_fen > s.market_price_fen
            OR NOT (s.shop_id = ANY (c.shop_ids)
                    OR EXISTS (SELECT FROM shops p JOIN regions r ON r.id = p.village_id
                                WHERE p.id = s.shop_id AND c.region_id = ANY (r.path)))
    """,
    "a_household_keeps_to_its_limit_of_a_day": """
        WITH had AS (
            SELECT county_id, household_id, campaign_id, coalesce(agreed_on, paid_on) AS on_day,
                   subsidy_fen - given_back_fen AS fen
              FROM subsidies
            UNION ALL
            SELECT county_id, household_id, campaign_id, agreed_on, subsidy_fen
              FROM promised_subsidies WHERE state = 'open'
        )
        SELECT h.county_id, 'household ' || h.household_id,
               'had ' || sum(h.fen) || ' fen of campaign ' || h.campaign_id || ' on ' || h.on_day
          FROM had h JOIN campaigns c ON c.id = h.campaign_id
         GROUP BY h.county_id, h.household_id, h.campaign_id, h.on_day, c.day_limit_fen
        HAVING sum(h.fen) > c.day_limit_fen
    """,
    "an_open_promise_is_held": """
        WITH held AS (
            SELECT h.county_id, h.id, h.amount, d.owner AS funder_id, c.owner AS shop_id,
                   split_part(h.reference, ':subsidy_hold', 1) AS reference,
                   r.settled
              FROM ledger.holds h
              LEFT JOIN ledger.accounts d ON d.county_id = h.county_id AND d.id = h.debit
              LEFT JOIN ledger.accounts c ON c.county_id = h.county_id AND c.id = h.credit
              LEFT JOIN ledger.hold_resolutions r
                ON r.county_id = h.county_id AND r.hold_id = h.id
             WHERE h.kind = 'subsidy'
        )
        SELECT coalesce(p.county_id, h.county_id),
               'promise for ' || coalesce(p.reference, h.reference),
               CASE WHEN p.id IS NULL THEN 'money is held for nothing'
                    WHEN h.id IS NULL THEN 'nothing is held'
                    ELSE 'what is held, or became of it, is another thing' END
          FROM promised_subsidies p
          FULL JOIN held h ON h.county_id = p.county_id AND h.id = p.hold_id
         WHERE (p.reference, p.subsidy_fen, p.funder_id, p.shop_id, p.state)
               IS DISTINCT FROM
               (h.reference, h.amount, h.funder_id, h.shop_id,
                CASE WHEN h.settled IS NULL THEN 'open'
                     WHEN h.settled > 0 THEN 'kept' ELSE 'released' END)
    """,
    "a_kept_promise_is_a_subsidy": """
        SELECT coalesce(p.county_id, s.county_id),
               'promise for ' || coalesce(p.reference, s.reference),
               CASE WHEN s.id IS NULL THEN 'no subsidy was paid'
                    WHEN p.id IS NULL THEN 'nobody promised it'
                    ELSE 'another subsidy was paid' END
          FROM (SELECT * FROM promised_subsidies WHERE state = 'kept') p
          FULL JOIN (SELECT * FROM subsidies WHERE agreed_on IS NOT NULL) s
            ON s.county_id = p.county_id AND s.reference = p.reference
         WHERE (p.campaign_id, p.funder_id, p.household_id, p.shop_id, p.agreed_on)
               IS DISTINCT FROM
               (s.campaign_id, s.funder_id, s.household_id, s.shop_id, s.agreed_on)
            OR s.subsidy_fen > p.subsidy_fen
    """,
    "a_campaign_has_two_people": """
        SELECT county_id, 'campaign ' || id, 'nobody else has approved it'
          FROM campaigns
         WHERE (state <> 'draft' AND decided_by IS NULL) OR decided_by = made_by
    """,
    "a_funding_moved_as_approved": """
        WITH moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount,
                   substr(t.kind, 9) AS direction, a.owner AS funder_id
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts a
                ON a.county_id = t.county_id
               AND a.id = CASE t.kind WHEN 'subsidy_funding' THEN t.credit ELSE t.debit END
             WHERE t.kind IN ('subsidy_funding', 'subsidy_reclaim')
        )
        SELECT coalesce(f.county_id, m.county_id),
               coalesce('subsidy funding ' || f.id, 'transfer ' || m.id),
               CASE WHEN f.id IS NULL THEN 'no approved funding names it'
                    WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise, or one person decided alone' END
          FROM (SELECT * FROM subsidy_fundings WHERE state = 'approved') f
          FULL JOIN moved m
            ON m.county_id = f.county_id AND m.reference = 'subsidy_funding:' || f.id
         WHERE (f.funder_id, f.amount_fen, f.direction)
               IS DISTINCT FROM (m.funder_id, m.amount, m.direction)
            OR f.decided_by = f.proposed_by
    """,
    "a_funding_names_who_is_on_the_trace": of_two(
        "subsidy_fundings",
        "subsidy_funding",
        made=["campaigns.propose_funding"],
        decided=["campaigns.funding_approved", "campaigns.funding_declined"],
    ),
    "a_campaign_names_who_is_on_the_trace": agree(
        "campaigns",
        "campaign",
        [
            Step("made_by", "made_at", ["campaigns.make"]),
            Step("decided_by", "decided_at", ["campaigns.approved", "campaigns.declined"]),
            Step("stopped_by", "stopped_at", ["campaigns.stop"]),
        ],
    ),
}

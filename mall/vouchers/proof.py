"""What must hold between batches, codes, purchases, claims and the ledger."""

QUESTIONS = {
    "a_batch_of_vouchers_holds_what_it_says": """
        SELECT b.county_id, 'voucher batch ' || b.id,
               'says ' || b.count || ' codes and has ' || count(c.id)
          FROM voucher_batches b
          LEFT JOIN voucher_codes c
            ON c.county_id = b.county_id AND c.batch_id = b.id AND c.kind_id = b.kind_id
         GROUP BY b.county_id, b.id, b.count
        HAVING count(c.id) <> b.count
    """,
    "a_code_on_sale_is_of_a_batch_of_two": """
        SELECT b.county_id, 'voucher batch ' || b.id, 'is sold, and nobody agreed to it'
          FROM voucher_batches b
         WHERE b.is_proposed
           AND EXISTS (SELECT FROM voucher_codes c
                        WHERE c.county_id = b.county_id AND c.batch_id = b.id
                          AND c.state IN ('free', 'sold', 'faulty'))
           AND NOT EXISTS (SELECT FROM proposals p
                            WHERE p.county_id = b.county_id AND p.kind = 'voucher_batch'
                              AND p.subject_id = b.id::text AND p.state = 'approved'
                              AND p.done_at IS NOT NULL
                              AND (p.content->>'count')::bigint = b.count
                              AND p.content->>'sha256' = encode(b.sha256, 'hex'))
    """,
    "a_voucher_costs_what_was_agreed": """
        SELECT k.county_id, 'voucher kind ' || k.id, 'its price is not its newest version'
          FROM voucher_kinds k
          LEFT JOIN LATERAL (SELECT * FROM voucher_prices v
                              WHERE v.county_id = k.county_id AND v.kind_id = k.id
                              ORDER BY v.set_at DESC, v.id DESC LIMIT 1) v ON true
         WHERE (k.points_price, k.market_price_fen, k.month_limit)
               IS DISTINCT FROM (v.points_price, v.market_price_fen, v.month_limit)
    """,
    # Those without a proposal are of before the table; nothing stands before them.
    "a_price_of_a_voucher_was_agreed_to": """
        SELECT v.county_id, 'voucher price ' || v.id, 'nobody agreed to it'
          FROM voucher_prices v
          LEFT JOIN proposals p ON p.county_id = v.county_id AND p.id = v.proposal_id
         WHERE (v.proposal_id IS NULL
                AND EXISTS (SELECT FROM voucher_prices e
                             WHERE e.county_id = v.county_id AND e.kind_id = v.kind_id
                               AND (e.set_at, e.id) < (v.set_at, v.id)))
            OR (v.proposal_id IS NOT NULL
                AND (p.state IS DISTINCT FROM 'approved' OR p.done_at IS NULL
                     OR p.kind NOT IN ('voucher_kind', 'voucher_change')
                     OR p.kind = 'voucher_change' AND p.subject_id <> v.kind_id::text
                     OR (p.content->'facts'->>'points_price')::bigint <> v.points_price
                     OR (p.content->'facts'->>'market_price_fen')::bigint <> v.market_price_fen))
    """,
    # A minute: a purchase names the moment at which it came, and may then wait for its turn.
    "a_purchase_of_a_voucher_cost_its_version": """
        SELECT p.county_id, 'voucher purchase ' || p.id, 'did not cost the version in force'
          FROM voucher_purchases p
          LEFT JOIN voucher_prices v ON v.county_id = p.county_id AND v.id = p.price_id
         WHERE CASE WHEN v.id IS NULL
                    THEN EXISTS (SELECT FROM voucher_prices f
                                  WHERE f.county_id = p.county_id AND f.kind_id = p.kind_id
                                    AND f.set_at < p.bought_at - interval '1 minute')
                    ELSE (p.kind_id, p.points, p.market_price_fen)
                         <> (v.kind_id, v.points_price, v.market_price_fen)
                      OR p.bought_at < v.set_at - interval '1 minute'
                      OR EXISTS (SELECT FROM voucher_prices n
                                  WHERE n.county_id = p.county_id AND n.kind_id = p.kind_id
                                    AND n.set_at > v.set_at
                                    AND n.set_at < p.bought_at - interval '1 minute') END
    """,
    "a_voucher_is_sold_with_a_purchase": """
        SELECT coalesce(c.county_id, p.county_id),
               coalesce('voucher code ' || c.id, 'voucher purchase ' || p.id),
               CASE WHEN p.id IS NULL THEN 'is sold and no purchase has it'
                    WHEN c.id IS NULL THEN 'its code is not sold'
                    ELSE 'kind or shop are not those of its code' END
          FROM (SELECT k.county_id, k.id, k.kind_id, f.shop_id
                  FROM voucher_codes k JOIN voucher_platforms f ON f.id = k.platform_id
                 WHERE k.state = 'sold') c
          FULL JOIN (SELECT * FROM voucher_purchases WHERE state = 'bought') p
            ON p.county_id = c.county_id AND p.code_id = c.id
         WHERE (c.kind_id, c.shop_id) IS DISTINCT FROM (p.kind_id, p.shop_id)
    """,
    "a_voucher_is_sold_once": """
        SELECT county_id, 'voucher code ' || code_id, 'went to ' || count(*) || ' purchases'
          FROM (SELECT county_id, code_id, id FROM voucher_purchases
                 UNION
                SELECT county_id, code_id, purchase_id FROM voucher_claims
                 UNION
                SELECT county_id, code_id, purchase_id FROM voucher_viewings) had
         GROUP BY county_id, code_id HAVING count(*) > 1
    """,
    "a_purchase_of_a_voucher_moved_its_points": """
        WITH moved AS (
            SELECT t.county_id, t.reference, d.owner AS household_id, c.owner AS shop_id,
                   sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'voucher'
             GROUP BY 1, 2, 3, 4
        )
        SELECT coalesce(p.county_id, m.county_id),
               coalesce('voucher purchase ' || p.id, 'transfer of ' || m.reference),
               CASE WHEN p.id IS NULL THEN 'no purchase names it'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM voucher_purchases p
          FULL JOIN moved m ON m.county_id = p.county_id AND m.reference = 'voucher:' || p.id
         WHERE (p.household_id, p.shop_id, p.points)
               IS DISTINCT FROM (m.household_id, m.shop_id, m.points)
    """,
    "a_refund_of_a_voucher_moved_its_points": """
        WITH moved AS (
            SELECT t.county_id, split_part(t.reference, '#', 1) AS reference,
                   c.owner AS household_id, d.owner AS shop_id, sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'voucher_return'
             GROUP BY 1, 2, 3, 4
        )
        SELECT coalesce(p.county_id, m.county_id),
               coalesce('voucher purchase ' || p.id, 'transfer of ' || m.reference),
               CASE WHEN p.id IS NULL THEN 'no refunded purchase names it'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM (SELECT * FROM voucher_purchases WHERE state = 'refunded') p
          FULL JOIN moved m
            ON m.county_id = p.county_id AND m.reference = 'voucher_return:' || p.id
         WHERE (p.household_id, p.shop_id, p.points)
               IS DISTINCT FROM (m.household_id, m.shop_id, m.points)
    """,
    "a_faulty_voucher_was_judged_by_two": """
        SELECT coalesce(c.county_id, j.county_id),
               coalesce('voucher code ' || c.id, 'voucher claim ' || j.id),
               CASE WHEN j.id IS NULL THEN 'is faulty and nobody decided so'
                    WHEN c.id IS NULL THEN 'its code is not faulty'
                    ELSE 'one person decided alone' END
          FROM (SELECT county_id, id FROM voucher_codes WHERE state = 'faulty') c
          FULL JOIN (SELECT * FROM voucher_claims
                      WHERE state = 'decided' AND outcome <> 'refused') j
            ON j.county_id = c.county_id AND j.code_id = c.id
         WHERE j.id IS NULL OR c.id IS NULL OR j.decided_by = j.proposed_by
    """,
    "a_refund_of_a_voucher_was_decided": """
        SELECT coalesce(p.county_id, j.county_id),
               'voucher purchase ' || coalesce(p.id, j.purchase_id),
               CASE WHEN j.id IS NULL THEN 'is refunded and nobody decided so'
                    ELSE 'was to be refunded and is not' END
          FROM (SELECT * FROM voucher_purchases WHERE state = 'refunded') p
          FULL JOIN (SELECT * FROM voucher_claims
                      WHERE state = 'decided' AND outcome = 'refund') j
            ON j.county_id = p.county_id AND j.purchase_id = p.id AND j.code_id = p.code_id
               AND j.household_id = p.household_id
         WHERE p.id IS NULL OR j.id IS NULL
    """,
    "a_voucher_was_seen_by_its_household_only": """
        SELECT v.county_id, 'voucher viewing ' || v.id, 'the user was not of the household'
          FROM voucher_viewings v
          LEFT JOIN voucher_purchases p ON p.county_id = v.county_id AND p.id = v.purchase_id
         WHERE NOT EXISTS (SELECT FROM bindings b
                            WHERE b.user_id = v.user_id AND b.household_id = p.household_id
                              AND b.bound_at <= v.viewed_at
                              AND (b.ended_at IS NULL OR b.ended_at >= v.viewed_at))
    """,
}

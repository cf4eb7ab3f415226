"""What must hold between orders, the ledger, the stock and the subsidies."""

QUESTIONS = {
    "an_order_holds_its_open_points": """
        WITH held AS (
            SELECT h.county_id, h.reference, a.owner AS household_id, c.owner AS shop_id,
                   sum(h.amount) AS points
              FROM ledger.holds h
              LEFT JOIN ledger.accounts a ON a.county_id = h.county_id AND a.id = h.debit
              LEFT JOIN ledger.accounts c ON c.county_id = h.county_id AND c.id = h.credit
             WHERE h.kind = 'order'
               AND NOT EXISTS (SELECT FROM ledger.hold_resolutions r
                                WHERE r.county_id = h.county_id AND r.hold_id = h.id)
             GROUP BY 1, 2, 3, 4
        ), wanted AS (
            SELECT l.county_id, 'order_line:' || l.root_id || ':hold' AS reference,
                   o.household_id, o.shop_id, l.held_points AS points
              FROM order_lines l
              JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
             WHERE l.state = 'open'
        )
        SELECT coalesce(w.county_id, h.county_id), 'hold of ' || coalesce(w.reference, h.reference),
               'held ' || coalesce(h.points, 0) || ', open ' || coalesce(w.points, 0)
          FROM wanted w
          FULL JOIN held h ON h.county_id = w.county_id AND h.reference = w.reference
         WHERE (w.household_id, w.shop_id, w.points)
               IS DISTINCT FROM (h.household_id, h.shop_id, h.points)
    """,
    "a_line_handed_over_moved_its_points": """
        WITH moved AS (
            SELECT t.county_id, t.reference, d.owner AS household_id, c.owner AS shop_id,
                   sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'order'
             GROUP BY 1, 2, 3, 4
        ), handed AS (
            SELECT l.county_id, 'order_line:' || l.root_id AS reference, o.household_id, o.shop_id,
                   l.points
              FROM order_lines l
              JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
             WHERE l.state = 'handed_over'
        )
        SELECT coalesce(h.county_id, m.county_id), coalesce(h.reference, m.reference),
               CASE WHEN h.reference IS NULL THEN 'points moved for nothing handed over'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM handed h
          FULL JOIN moved m ON m.county_id = h.county_id AND m.reference = h.reference
         WHERE (h.household_id, h.shop_id, h.points)
               IS DISTINCT FROM (m.household_id, m.shop_id, m.points)
    """,
    "an_order_is_as_its_lines": """
        SELECT o.county_id, 'order ' || o.id, 'is ' || o.state || ', its lines are not'
          FROM orders o
          LEFT JOIN order_lines l ON l.county_id = o.county_id AND l.order_id = o.id
         GROUP BY o.county_id, o.id, o.state, o.points
        HAVING CASE o.state
                 WHEN 'handed_over' THEN
                    NOT bool_or(l.state = 'handed_over') OR bool_or(l.state IN ('open', 'offered'))
                 WHEN 'cancelled' THEN bool_or(l.state IN ('open', 'offered', 'handed_over'))
                 ELSE NOT bool_or(l.state = 'open') OR bool_or(l.state = 'handed_over')
               END IS NOT FALSE
            OR sum(l.points) FILTER (WHERE l.replaces_id IS NULL) IS DISTINCT FROM o.points
    """,
    "stock_is_set_aside_for_orders": """
        WITH moved AS (
            SELECT county_id, reference, offer_id,
                   sum(reserved_change) FILTER (WHERE kind = 'reserve') AS begun,
                   coalesce(min(kind) FILTER (WHERE kind NOT IN ('reserve', 'return')),
                            'reserve') AS last,
                   count(*) FILTER (WHERE kind NOT IN ('reserve', 'return')) AS ends
              FROM stock_moves
             WHERE starts_with(reference, 'order:') OR starts_with(reference, 'order_line:')
             GROUP BY 1, 2, 3
        ), wanted AS (
            SELECT county_id, offer_id, count,
                   CASE WHEN replaces_id IS NULL THEN 'order:' || order_id
                        ELSE 'order_line:' || id END AS reference,
                   CASE WHEN state IN ('open', 'offered') THEN 'reserve'
                        WHEN state = 'handed_over' THEN 'consume' ELSE 'give_back' END AS last
              FROM order_lines
        )
        SELECT coalesce(w.county_id, m.county_id),
               'pieces of ' || coalesce(w.reference, m.reference),
               'the journal says ' || coalesce(m.begun, 0) || ' ' || coalesce(m.last, 'nothing')
               || ', the order ' || coalesce(w.count, 0) || ' ' || coalesce(w.last, 'nothing')
          FROM wanted w
          FULL JOIN moved m ON m.county_id = w.county_id AND m.reference = w.reference
                           AND m.offer_id = w.offer_id
         WHERE (w.count, w.last) IS DISTINCT FROM (m.begun, m.last) OR m.ends > 1
    """,
    "a_subsidy_belongs_to_its_order": """
        WITH back AS (
            SELECT county_id, line_id, sum(subsidy_fen) AS fen
              FROM order_refunds GROUP BY 1, 2
        ), handed AS (
            SELECT l.county_id, 'order_line:' || l.root_id AS reference, o.household_id, o.shop_id,
                   l.market_price_fen, l.points, l.subsidy_fen, coalesce(b.fen, 0) AS back_fen
              FROM order_lines l
              JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
              LEFT JOIN back b ON b.county_id = l.county_id AND b.line_id = l.id
             WHERE l.state = 'handed_over' AND l.subsidy_fen > 0
        )
        SELECT coalesce(s.county_id, h.county_id),
               'subsidy of ' || coalesce(s.reference, h.reference),
               CASE WHEN h.reference IS NULL THEN 'its order is missing'
                    WHEN s.id IS NULL THEN 'it is missing'
                    ELSE 'its order says otherwise' END
          FROM (SELECT * FROM subsidies WHERE starts_with(reference, 'order_line:')) s
          FULL JOIN handed h ON h.county_id = s.county_id AND h.reference = s.reference
         WHERE (s.household_id, s.shop_id, s.market_price_fen, s.points, s.subsidy_fen,
                s.given_back_fen)
               IS DISTINCT FROM
               (h.household_id, h.shop_id, h.market_price_fen, h.points, h.subsidy_fen, h.back_fen)
    """,
    "an_order_keeps_its_promises": """
        WITH wanted AS (
            SELECT l.county_id, 'order_line:' || l.root_id AS reference, l.promised_fen,
                   CASE WHEN l.state = 'open' THEN 'open'
                        WHEN l.state = 'handed_over' AND l.subsidy_fen > 0 THEN 'kept'
                        ELSE 'released' END AS state
              FROM order_lines l
             WHERE l.promised_fen > 0 AND l.state IN ('open', 'dropped', 'handed_over')
        )
        SELECT coalesce(w.county_id, p.county_id), coalesce(w.reference, p.reference),
               'promised ' || coalesce(p.subsidy_fen || ' ' || p.state, 'nothing')
               || ', wanted ' || coalesce(w.promised_fen || ' ' || w.state, 'nothing')
          FROM wanted w
          FULL JOIN (SELECT * FROM promised_subsidies
                      WHERE starts_with(reference, 'order_line:')) p
            ON p.county_id = w.county_id AND p.reference = w.reference
         WHERE (w.promised_fen, w.state) IS DISTINCT FROM (p.subsidy_fen, p.state)
    """,
    "a_refund_moved_what_it_says": """
        WITH moved AS (
            SELECT t.county_id, split_part(t.reference, '#', 1) AS reference,
                   d.owner AS shop_id, c.owner AS household_id, sum(t.amount) AS points
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'order_refund'
             GROUP BY 1, 2, 3, 4
        ), refunded AS (
            SELECT r.county_id, 'order_refund:' || r.id AS reference, o.shop_id, o.household_id,
                   r.points
              FROM order_refunds r
              JOIN order_lines l ON l.county_id = r.county_id AND l.id = r.line_id
              JOIN orders o ON o.county_id = l.county_id AND o.id = l.order_id
             WHERE r.points > 0
        )
        SELECT coalesce(r.county_id, m.county_id), coalesce(r.reference, m.reference),
               CASE WHEN r.reference IS NULL THEN 'no refund names it'
                    WHEN m.reference IS NULL THEN 'its transfers are missing'
                    ELSE 'its transfers say otherwise' END
          FROM refunded r
          FULL JOIN moved m ON m.county_id = r.county_id AND m.reference = r.reference
         WHERE (r.shop_id, r.household_id, r.points)
               IS DISTINCT FROM (m.shop_id, m.household_id, m.points)
        UNION ALL
        SELECT l.county_id, 'line ' || l.id, 'its refunds are not what it says'
          FROM order_lines l
          LEFT JOIN order_refunds r ON r.county_id = l.county_id AND r.line_id = l.id
         GROUP BY l.county_id, l.id, l.state, l.points, l.subsidy_fen, l.refunded_count, l.count
        HAVING coalesce(sum(r.count), 0) <> l.refunded_count
            OR (l.refunded_count > 0 AND l.state <> 'handed_over')
            OR coalesce(sum(r.points), 0) <> l.points * l.refunded_count / l.count
            OR coalesce(sum(r.subsidy_fen), 0) <> l.subsidy_fen * l.refunded_count / l.count
    """,
}

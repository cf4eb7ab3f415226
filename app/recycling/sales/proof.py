"""What must hold between sales, their lines, their bonuses and the ledger."""

from app.recycling.sales.models import DIFFERENCE_PERCENT

QUESTIONS = {
    "a_sale_is_the_sum_of_its_lines": """
        SELECT s.county_id, 'sale ' || s.id,
               s.points || ' points, and its lines come to ' || coalesce(sum(l.points), 0)
          FROM sales s
          LEFT JOIN sale_lines l ON l.county_id = s.county_id AND l.sale_id = s.id
         GROUP BY s.county_id, s.id, s.points
        HAVING count(l.number) = 0 OR s.points <> sum(l.points)
    """,
    "a_line_has_the_price_of_its_policy": """
        SELECT s.county_id, 'sale ' || s.id,
               'line ' || l.number || ' at ' || l.price_fen || ', and the policy says '
               || coalesce(p.rules ->> ('price.' || l.material), 'nothing')
          FROM sales s
          JOIN sale_lines l ON l.county_id = s.county_id AND l.sale_id = s.id
          LEFT JOIN policies p ON p.county_id = s.county_id AND p.version = s.policy_version
         WHERE l.price_fen IS DISTINCT FROM
               coalesce((p.rules ->> ('price.' || l.material))::bigint, 0)
            OR p.version IS NULL
    """,
    "a_sale_moved_its_price": """
        WITH moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount, t.kind,
                   CASE t.kind WHEN 'sale' THEN d.owner ELSE c.owner END AS recycler,
                   CASE t.kind WHEN 'sale' THEN c.owner ELSE d.owner END AS household,
                   CASE t.kind WHEN 'sale' THEN c.expires_on ELSE d.expires_on END AS expires_on
              FROM ledger.transfers t
              JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
              JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'sale' OR (d.kind = 'household' AND c.kind = 'recycler')
        ), said AS (
            SELECT county_id, id, 'sale:' || id AS reference, points, household_id, recycler_id,
                   transfer_id
              FROM sales WHERE points > 0 AND state IN ('paid', 'void', 'reversed')
            UNION ALL
            SELECT county_id, id, CASE state WHEN 'void' THEN 'sale_void:' || id
                                             ELSE 'sale_reversal:' || id END,
                   points, household_id, recycler_id, NULL
              FROM sales WHERE points > 0 AND state IN ('void', 'reversed')
        )
        SELECT coalesce(s.county_id, m.county_id),
               coalesce('sale ' || s.id, 'transfer ' || m.id),
               CASE WHEN s.id IS NULL THEN 'no sale names it'
                    WHEN m.id IS NULL THEN 'a transfer of it is missing'
                    ELSE 'its transfer says otherwise' END
          FROM said s
          FULL JOIN moved m ON m.county_id = s.county_id AND m.reference = s.reference
         WHERE (s.points, s.household_id, s.recycler_id, NULL::date)
               IS DISTINCT FROM (m.amount, m.household, m.recycler, m.expires_on)
            OR (s.transfer_id IS NOT NULL AND s.transfer_id <> m.id)
    """,
    "a_large_sale_was_agreed_to": """
        SELECT s.county_id, 'sale ' || s.id, 'was paid on the word of who weighed it'
          FROM sales s
         WHERE s.state IN ('paid', 'void', 'reversed') AND s.answered_by = s.weighed_by
    """,
    "a_bonus_is_by_what_was_weighed": """
        WITH weighed AS (
            SELECT s.county_id, s.id, s.household_id, s.day, s.bonus_decided_at,
                   coalesce(sum(l.grams), 0) AS grams,
                   coalesce(sum(l.grams) FILTER (
                       WHERE l.material IN ('textiles', 'glass', 'film')), 0) AS low_value
              FROM sales s
              LEFT JOIN sale_lines l ON l.county_id = s.county_id AND l.sale_id = s.id
             GROUP BY s.county_id, s.id
        )
        SELECT a.county_id, 'award ' || a.id, 'its sale says otherwise'
          FROM awards a
          LEFT JOIN weighed w ON w.county_id = a.county_id AND w.id = a.evidence_id
         WHERE a.evidence_kind = 'sale'
           AND (a.household_id, a.day, a.quantity)
               IS DISTINCT FROM (w.household_id, w.day,
                   CASE a.source WHEN 'sale' THEN w.grams WHEN 'low_value' THEN w.low_value END)
    """,
    "who_weighed_on_was_signed_before": f"""
        WITH days AS (
            SELECT s.county_id, s.village_id, s.weighed_by, s.day,
                   max(s.sold_at) AS last_at,
                   lead(min(s.sold_at)) OVER (
                       PARTITION BY s.county_id, s.village_id, s.weighed_by ORDER BY s.day
                   ) AS next_at
              FROM sales s
              JOIN recyclers r ON r.id = s.recycler_id
             WHERE s.weighed_as <> 'recycler_agent' AND s.day >= r.signs_from
               AND s.state IN ('awaiting_yes', 'paid')
             GROUP BY s.county_id, s.village_id, s.weighed_by, s.day
        )
        SELECT d.county_id, 'weighing of ' || d.weighed_by || ' on ' || d.day,
               'was gone on from without the recycler''s signature'
          FROM days d
         WHERE d.next_at IS NOT NULL
           AND NOT EXISTS (
               SELECT 1 FROM sale_signatures g
                WHERE g.county_id = d.county_id AND g.village_id = d.village_id
                  AND g.weighed_by = d.weighed_by AND g.day = d.day
                  AND g.signed_at BETWEEN d.last_at AND d.next_at
                  AND abs(g.grams - g.booked_grams) * 100 <= g.booked_grams * {DIFFERENCE_PERCENT}
                  AND abs(g.pieces - g.booked_pieces) * 100
                      <= g.booked_pieces * {DIFFERENCE_PERCENT})
    """,  # noqa: S608 - only a constant
}

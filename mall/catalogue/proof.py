"""What must hold between stock and its journal, prices and their history."""

QUESTIONS = {
    "stock_is_the_sum_of_its_moves": """
        SELECT o.county_id, 'offer ' || o.id, 'its moves sum up to something else'
          FROM offers o
          LEFT JOIN (
            SELECT county_id, offer_id, sum(stock_change) AS stock,
                   sum(reserved_change) AS reserved,
                   -sum(reserved_change) FILTER (WHERE kind = 'consume') AS sold
              FROM stock_moves
             GROUP BY 1, 2
          ) m ON m.county_id = o.county_id AND m.offer_id = o.id
         WHERE (o.stock, o.reserved, o.sold) IS DISTINCT FROM
               (coalesce(m.stock, 0), coalesce(m.reserved, 0), coalesce(m.sold, 0))
    """,
    "a_reservation_ends_as_it_began": """
        SELECT e.county_id, 'stock move ' || e.id, 'no reservation of so many pieces began it'
          FROM stock_moves e
          LEFT JOIN stock_moves b
            ON b.county_id = e.county_id AND b.reference = e.reference
           AND b.offer_id = e.offer_id AND b.kind = 'reserve'
         WHERE e.kind IN ('consume', 'give_back')
           AND (b.reserved_change, b.household_id) IS DISTINCT FROM
               (-e.reserved_change, e.household_id)
    """,
    "a_move_is_of_the_goods_offered": """
        SELECT m.county_id, 'stock move ' || m.id, 'its offer is of other goods'
          FROM stock_moves m
          JOIN offers o ON o.id = m.offer_id
         WHERE (o.goods_id, o.county_id) IS DISTINCT FROM (m.goods_id, m.county_id)
    """,
    "a_price_is_the_last_of_its_history": """
        SELECT g.county_id, 'goods ' || g.id, 'its price is not the last that was set'
          FROM goods g
          LEFT JOIN LATERAL (
            SELECT market_to_fen, settlement_to_fen, points_to
              FROM price_changes
             WHERE county_id = g.county_id AND goods_id = g.id
             ORDER BY number DESC
             LIMIT 1
          ) p ON true
         WHERE (p.market_to_fen, p.settlement_to_fen, p.points_to) IS DISTINCT FROM
               (g.market_price_fen, g.settlement_price_fen, g.points_price)
    """,
    "goods_stay_in_their_county": """
        SELECT g.county_id, 'goods ' || g.id, 'its merchant, category or buyers are of another'
          FROM goods g
          JOIN merchants m ON m.id = g.merchant_id
          JOIN goods_categories c ON c.id = g.category_id
         WHERE m.county_id <> g.county_id OR c.county_id <> g.county_id
            OR EXISTS (
                 SELECT FROM unnest(g.buyer_region_ids) wanted
                   LEFT JOIN regions r ON r.id = wanted
                  WHERE r.county_id IS DISTINCT FROM g.county_id
               )
    """,
}

"""How each odd pattern is found: one query a reason, over the redemptions of the last 30 days.

The thresholds are set so that an honest village shop rings rarely, and so that one who reads the
figures sees why it rang. Each query answers with the shop and whole numbers by name.
"""

from collections.abc import Mapping
from datetime import timedelta

from mall.risk.models import RiskReason

WINDOW = timedelta(days=30)

# Fewer than this say nothing about a shop.
THRESHOLDS: Mapping[str, int] = {
    "households_min": 5,
    "points_min": 2_000,
    "no_photo_percent": 60,
    "same_minute_days": 5,
    "same_minute_households": 2,
    "under_limit_percent": 95,
    "under_limit_count": 5,
    "own_household_points": 1_000,
    "voids_min": 5,
    "voids_percent": 20,
    "full_subsidies_min": 10,
}

# What grows in a pattern when there is more of it.
MEASURES: Mapping[RiskReason, str] = {
    RiskReason.NO_PHOTOS: "points_without_photo",
    RiskReason.SAME_MINUTE: "days",
    RiskReason.UNDER_LIMIT: "count",
    RiskReason.OWN_HOUSEHOLD: "count",
    RiskReason.MANY_VOIDS: "voids",
    RiskReason.FULL_SUBSIDY: "count",
}

QUERIES: Mapping[RiskReason, str] = {
    RiskReason.NO_PHOTOS: """
        WITH taken AS (
            SELECT * FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
               AND state = 'paid'
        ),
        earning AS (
            SELECT DISTINCT household_id FROM self_checks
             WHERE county_id = :county_id AND state = 'approved'
               AND submitted_at >= :since AND submitted_at < :until
        )
        SELECT t.shop_id, jsonb_build_object(
                   'points', sum(t.points),
                   'points_without_photo',
                       coalesce(sum(t.points) FILTER (WHERE e.household_id IS NULL), 0),
                   'households', count(DISTINCT t.household_id)
                       FILTER (WHERE e.household_id IS NULL))
          FROM taken t LEFT JOIN earning e USING (household_id)
         GROUP BY t.shop_id
        HAVING sum(t.points) >= :points_min
           AND count(DISTINCT t.household_id) FILTER (WHERE e.household_id IS NULL)
               >= :households_min
           AND 100 * coalesce(sum(t.points) FILTER (WHERE e.household_id IS NULL), 0)
               >= :no_photo_percent * sum(t.points)
    """,
    RiskReason.SAME_MINUTE: """
        WITH taken AS (
            SELECT * FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
        ),
        regular AS (
            SELECT shop_id, household_id, to_char(paid_at AT TIME ZONE 'Asia/Shanghai', 'HH24MI'),
                   count(DISTINCT (paid_at AT TIME ZONE 'Asia/Shanghai')::date) AS days
              FROM taken GROUP BY 1, 2, 3
            HAVING count(DISTINCT (paid_at AT TIME ZONE 'Asia/Shanghai')::date)
                   >= :same_minute_days
        )
        SELECT shop_id, jsonb_build_object(
                   'households', count(DISTINCT household_id), 'days', max(days))
          FROM regular GROUP BY shop_id
        HAVING count(DISTINCT household_id) >= :same_minute_households
    """,
    RiskReason.UNDER_LIMIT: """
        WITH taken AS (
            SELECT * FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
               AND state = 'paid'
        )
        SELECT shop_id, jsonb_build_object(
                   'count', count(*), 'points', sum(points), 'limit', CAST(:limit AS bigint))
          FROM taken
         WHERE 100 * points >= :under_limit_percent * CAST(:limit AS bigint) AND points <= :limit
         GROUP BY shop_id
        HAVING count(*) >= :under_limit_count
    """,
    RiskReason.OWN_HOUSEHOLD: """
        WITH taken AS (
            SELECT shop_id, household_id, points, paid_at FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
               AND state = 'paid'
            UNION ALL
            SELECT shop_id, household_id, points, placed_at FROM orders
             WHERE county_id = :county_id AND placed_at >= :since AND placed_at < :until
               AND state <> 'cancelled'
            UNION ALL
            SELECT shop_id, household_id, points, bought_at FROM voucher_purchases
             WHERE county_id = :county_id AND bought_at >= :since AND bought_at < :until
               AND state <> 'refunded'
        ),
        serving AS (
            SELECT s.id AS shop_id, g.user_id, u.person_id, g.granted_at, g.revoked_at
              FROM shops s
              JOIN role_grants g ON (g.role = 'clerk' AND g.place_id = s.id)
                                 OR (g.role = 'merchant' AND g.place_id = s.merchant_id)
              JOIN users u ON u.id = g.user_id
             WHERE s.county_id = :county_id
               AND (CAST(:shop_id AS uuid) IS NULL OR s.id = :shop_id)
               AND (g.revoked_at IS NULL OR g.revoked_at > :since)
        ),
        theirs AS (
            SELECT v.shop_id, v.granted_at, v.revoked_at, b.household_id
              FROM serving v JOIN bindings b ON b.user_id = v.user_id
            UNION
            SELECT v.shop_id, v.granted_at, v.revoked_at, m.household_id
              FROM serving v JOIN members m ON m.person_id = v.person_id
        ),
        close AS (
            SELECT shop_id, granted_at, revoked_at, household_id FROM theirs
            UNION
            SELECT t.shop_id, t.granted_at, t.revoked_at,
                   CASE r.household_id WHEN t.household_id THEN r.other_id
                                       ELSE r.household_id END
              FROM theirs t
              JOIN household_relations r ON t.household_id IN (r.household_id, r.other_id)
                                        AND (r.ended_at IS NULL OR r.ended_at > :since)
        )
        SELECT t.shop_id, jsonb_build_object(
                   'count', count(*), 'points', sum(t.points),
                   'households', count(DISTINCT t.household_id))
          FROM taken t
         WHERE EXISTS (SELECT FROM close c
                        WHERE c.shop_id = t.shop_id AND c.household_id = t.household_id
                          AND c.granted_at <= t.paid_at
                          AND (c.revoked_at IS NULL
                               OR (c.revoked_at AT TIME ZONE 'Asia/Shanghai')::date
                                  >= (t.paid_at AT TIME ZONE 'Asia/Shanghai')::date))
         GROUP BY t.shop_id
        HAVING sum(t.points) >= :own_household_points
    """,
    RiskReason.MANY_VOIDS: """
        WITH taken AS (
            SELECT * FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
        )
        SELECT shop_id, jsonb_build_object(
                   'count', count(*), 'voids', count(*) FILTER (WHERE state = 'void'))
          FROM taken GROUP BY shop_id
        HAVING count(*) FILTER (WHERE state = 'void') >= :voids_min
           AND 100 * count(*) FILTER (WHERE state = 'void') >= :voids_percent * count(*)
    """,
    # Prices that were invented for a campaign use its day up to the last fen, household after
    # household; what people need does not.
    RiskReason.FULL_SUBSIDY: """
        WITH days AS (
            SELECT s.shop_id, s.household_id, s.paid_on,
                   sum(s.subsidy_fen - s.given_back_fen) AS fen,
                   max(c.day_limit_fen) AS limit_fen
              FROM subsidies s JOIN campaigns c ON c.id = s.campaign_id
             WHERE s.county_id = :county_id AND s.paid_at >= :since AND s.paid_at < :until
             GROUP BY s.shop_id, s.household_id, s.campaign_id, s.paid_on
        )
        SELECT shop_id, jsonb_build_object(
                   'count', count(*), 'subsidy_fen', sum(fen),
                   'households', count(DISTINCT household_id))
          FROM days
         WHERE 100 * fen >= :under_limit_percent * limit_fen
         GROUP BY shop_id
        HAVING count(*) >= :full_subsidies_min
           AND count(DISTINCT household_id) >= :households_min
    """,
}

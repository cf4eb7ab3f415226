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
            SELECT * FROM redemptions
             WHERE county_id = :county_id AND paid_at >= :since AND paid_at < :until
               AND state = 'paid'
        ),
        serving AS (
            SELECT s.id AS shop_id, b.household_id
              FROM shops s
              JOIN role_grants g ON g.revoked_at IS NULL
                                AND ((g.role = 'clerk' AND g.place_id = s.id)
                                     OR (g.role = 'merchant' AND g.place_id = s.merchant_id))
              JOIN bindings b ON b.user_id = g.user_id AND b.ended_at IS NULL
             WHERE s.county_id = :county_id
             GROUP BY 1, 2
        )
        SELECT t.shop_id, jsonb_build_object(
                   'count', count(*), 'points', sum(t.points),
                   'households', count(DISTINCT t.household_id))
          FROM taken t JOIN serving v USING (shop_id, household_id)
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
}

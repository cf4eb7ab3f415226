"""What must hold of draws, visits, results and the points for them."""

# The newest draw of each county; ``flask rounds check`` repeats any.
_NEWEST = "(SELECT county_id, max(week_on) AS week_on FROM draws GROUP BY county_id)"

QUESTIONS = {
    "no_visit_was_drawn_for_whom_it_is_forbidden": """
        SELECT v.county_id, 'visit ' || v.id, 'drawn for an inspector of the village or family'
          FROM visits v
          JOIN draw_inspectors i ON i.county_id = v.county_id AND i.week_on = v.week_on
           AND i.user_id = v.drawn_for
         WHERE v.way <> 'recheck'
           AND (v.village_id = i.not_village_id OR v.household_id = ANY(i.not_household_ids))
    """,
    # By lot means: nobody whose lot comes before one that was drawn was passed over.
    "the_lot_passed_nobody_over": f"""
        WITH newest AS (SELECT d.* FROM draws d JOIN {_NEWEST} n USING (county_id, week_on)),
        lots AS (
            SELECT c.county_id, c.week_on, c.group_id, g.parent_id AS village_id, g.path, h.id,
                   encode(sha256(d.seed || uuid_send(h.id)), 'hex') AS lot
              FROM newest d
              JOIN draw_candidates c ON c.county_id = d.county_id AND c.week_on = d.week_on
              JOIN regions g ON g.id = c.group_id
              CROSS JOIN LATERAL unnest(c.household_ids) AS h(id)),
        drawn AS (
            SELECT v.county_id, v.week_on, v.drawn_for, v.household_id, l.lot, v.ordinal,
                   max(l.lot) OVER (PARTITION BY v.county_id, v.drawn_for ORDER BY v.ordinal
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM newest d
              JOIN visits v ON v.county_id = d.county_id AND v.week_on = d.week_on
               AND v.way = 'random'
              LEFT JOIN lots l ON l.county_id = v.county_id AND l.id = v.household_id),
        takers AS (
            SELECT i.*, n.count, n.last
              FROM newest d
              JOIN draw_inspectors i ON i.county_id = d.county_id AND i.week_on = d.week_on
              CROSS JOIN LATERAL (
                  SELECT count(*) AS count, max(lot) AS last FROM drawn
                   WHERE drawn.county_id = i.county_id AND drawn.drawn_for = i.user_id) n)
        SELECT county_id, 'household ' || household_id, 'drawn without a lot, or out of turn'
          FROM drawn WHERE lot IS NULL OR before > lot
        UNION ALL
        SELECT t.county_id, 'inspector ' || t.user_id, 'was given more than the quota by lot'
          FROM takers t WHERE t.count > t.random_quota
        UNION ALL
        SELECT l.county_id, 'household ' || l.id, 'was passed over by the lot'
          FROM lots l
         WHERE NOT EXISTS (SELECT FROM drawn
                            WHERE drawn.county_id = l.county_id AND drawn.household_id = l.id)
           AND EXISTS (SELECT FROM takers t
                        WHERE t.county_id = l.county_id AND t.place_ids && l.path
                          AND t.not_village_id IS DISTINCT FROM l.village_id
                          AND l.id <> ALL (t.not_household_ids)
                          AND (t.count < t.random_quota OR l.lot < t.last))
    """,  # noqa: S608 - only constants
    "a_result_is_of_its_visit": """
        SELECT r.county_id, 'result ' || r.id, 'not of the household or the inspector of its visit'
          FROM visit_results r
          JOIN visits v ON v.county_id = r.county_id AND v.id = r.visit_id
         WHERE (r.household_id, r.village_id, r.inspector_id)
               IS DISTINCT FROM (v.household_id, v.village_id, v.inspector_id)
    """,
    "a_failed_visit_has_a_recheck": """
        SELECT r.county_id, 'visit ' || r.visit_id, 'was not passed and nobody looks again'
          FROM visit_results r
          JOIN visits v ON v.county_id = r.county_id AND v.id = r.visit_id
         WHERE v.way <> 'recheck' AND r.is_passed IS FALSE
           AND NOT EXISTS (SELECT FROM visits again
                            WHERE again.county_id = v.county_id AND again.recheck_of = v.id)
    """,
    "an_award_for_inspecting_rests_on_a_visit": """
        SELECT a.county_id, 'award ' || a.id, 'no visit that met somebody, or of the own household'
          FROM awards a
          LEFT JOIN visit_results r ON r.county_id = a.county_id AND r.id = a.evidence_id
         WHERE a.evidence_kind = 'inspection'
           AND (r.id IS NULL OR r.outcome <> 'seen' OR a.source <> 'inspection'
                OR r.household_id = a.household_id OR r.inspector_id <> a.decided_by)
    """,
}

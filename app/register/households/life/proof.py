"""What must hold of households, where they lived and who lived in them."""

from app.kernel.audit.agreeing import Step, agree
from app.register.households.life.changing import ChangeKind

QUESTIONS = {
    "who_lives_has_one_head_and_a_place": """
        SELECT h.county_id, 'household ' || h.id,
               CASE WHEN heads.count <> 1 THEN 'has ' || heads.count || ' heads'
                    ELSE 'lives elsewhere than its newest place says' END
          FROM households h
          JOIN LATERAL (SELECT count(*) FROM members m
                         WHERE m.household_id = h.id AND m.is_head AND m.left_on IS NULL
                       ) heads ON true
          LEFT JOIN LATERAL (SELECT p.village_id, p.group_id FROM household_places p
                              WHERE p.household_id = h.id ORDER BY p.from_on DESC LIMIT 1
                            ) newest ON true
         WHERE h.state IN ('living', 'away')
           AND (heads.count <> 1 OR (h.village_id, h.group_id)
                IS DISTINCT FROM (newest.village_id, newest.group_id))
    """,
    "nobody_lives_in_two_households": """
        SELECT m.county_id, 'member ' || m.id,
               CASE WHEN s.household_id IS NULL THEN 'lives nowhere by their stays'
                    ELSE 'lives elsewhere than their stay says' END
          FROM members m
          LEFT JOIN member_stays s ON s.member_id = m.id AND s.until_on IS NULL
         WHERE (m.left_on IS NULL AND s.household_id IS DISTINCT FROM m.household_id)
            OR (m.left_on IS NOT NULL AND s.household_id IS NOT NULL)
    """,
    "who_ended_has_nobody_left": """
        SELECT h.county_id, 'household ' || h.id, 'has ended and somebody lives or acts there'
          FROM households h
         WHERE h.state = 'closed'
           AND (EXISTS (SELECT FROM members m WHERE m.household_id = h.id AND m.left_on IS NULL)
                OR EXISTS (SELECT FROM bindings b
                            WHERE b.household_id = h.id AND b.ended_at IS NULL))
    """,
    "points_change_hands_by_two": """
        SELECT c.county_id, 'household_change ' || c.id, 'nobody has agreed to it'
          FROM household_changes c
         WHERE c.kind IN ('split', 'merge') AND (c.agreed_by IS NULL OR c.proposal_id IS NULL)
    """,
    "a_change_of_a_household_is_on_the_trace": agree(
        "household_changes",
        "household_change",
        [Step("asked_by", "done_at", [f"households.{kind}" for kind in ChangeKind])],
    ),
}

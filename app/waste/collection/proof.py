"""What must hold of hand-overs."""

QUESTIONS = {
    "a_handover_counts_what_its_sides_said": """
        SELECT county_id, 'handover ' || id, 'counts ' || coalesce(grams::text, 'nothing')
          FROM handovers
         WHERE grams IS DISTINCT FROM CASE state
               WHEN 'settled' THEN settled_grams
               WHEN 'differs' THEN NULL
               WHEN 'void' THEN grams
               ELSE CASE
                   WHEN taken_how IS NULL THEN given_grams
                   WHEN given_how IS NULL THEN taken_grams
                   WHEN array_position(ARRAY['certified', 'scale', 'counted', 'typed', 'reckoned'],
                                       taken_how::text)
                     <= array_position(ARRAY['certified', 'scale', 'counted', 'typed', 'reckoned'],
                                       given_how::text) THEN taken_grams
                   ELSE given_grams END END
    """,
    "a_bag_is_collected_once": """
        SELECT county_id, 'bag ' || bag_code, 'was collected ' || count(*) || ' times'
          FROM handovers WHERE bag_code IS NOT NULL AND state <> 'void'
         GROUP BY county_id, bag_code HAVING count(*) > 1
    """,
}

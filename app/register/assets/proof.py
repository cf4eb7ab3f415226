"""What must hold of assets and their labels."""

QUESTIONS = {
    "an_asset_stands_where_its_last_step_says": """
        SELECT a.county_id, 'asset ' || a.id, 'is ' || a.state || ', its last step says otherwise'
          FROM assets a LEFT JOIN asset_steps s ON s.county_id = a.county_id
           AND s.asset_id = a.id AND s.ordinal = a.step
         WHERE s.state IS DISTINCT FROM a.state
    """,
    "a_label_hangs_in_its_own_county": """
        SELECT l.county_id, 'label ' || l.id, 'hangs on an asset of county ' || a.county_id
          FROM labels l JOIN assets a ON a.id = l.asset_id
         WHERE a.county_id <> l.county_id
    """,
}

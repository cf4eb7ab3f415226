"""What must hold between cards, their uses, and the redemptions made with them."""

QUESTIONS = {
    "a_card_redemption_has_its_use": """
        SELECT coalesce(r.county_id, u.county_id),
               coalesce('redemption ' || r.id, 'card use ' || u.id),
               CASE WHEN u.id IS NULL THEN 'no card was used for it'
                    WHEN r.id IS NULL THEN 'nothing was paid with it'
                    ELSE 'its card was used for something else' END
          FROM (SELECT * FROM redemptions WHERE means = 'card') r
          FULL JOIN card_uses u ON u.county_id = r.county_id AND u.id = r.card_use_id
         WHERE (r.id, r.household_id, r.paid_at)
               IS DISTINCT FROM (u.redemption_id, u.household_id, u.used_at)
    """,
    "a_card_was_active_when_it_paid": """
        SELECT u.county_id, 'card use ' || u.id, 'the card was not active'
          FROM card_uses u
          LEFT JOIN card_steps s
            ON s.county_id = u.county_id AND s.card_id = u.card_id AND s.ordinal = u.step
         WHERE s.state IS DISTINCT FROM 'active'
    """,
    "a_card_paid_for_its_household": """
        SELECT u.county_id, 'card use ' || u.id, 'card or proxy is of another household'
          FROM card_uses u
          JOIN cards c ON c.county_id = u.county_id AND c.id = u.card_id
          LEFT JOIN proxies p ON p.county_id = u.county_id AND p.id = u.proxy_id
         WHERE u.household_id <> c.household_id OR u.household_id <> p.household_id
    """,
    "a_proxy_bought_on_their_days": """
        SELECT u.county_id, 'card use ' || u.id, 'its proxy was not in force'
          FROM card_uses u
          JOIN proxies p ON p.county_id = u.county_id AND p.id = u.proxy_id
         WHERE (u.used_at AT TIME ZONE 'Asia/Shanghai')::date
               NOT BETWEEN p.first_on AND p.last_on
            -- Requests that meet at the lock may have begun in the other order.
            OR u.used_at > p.ended_at + interval '1 minute'
    """,
}

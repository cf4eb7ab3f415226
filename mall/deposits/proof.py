"""What must hold between deposits, the bank's statement and the ledger."""

from app.kernel.audit.agreeing import of_two

QUESTIONS = {
    "a_deposit_is_the_banks_line_and_moved_once": """
        WITH moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount, c.owner
              FROM ledger.transfers t
              JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'prepayment'
        ), said AS (
            SELECT d.county_id, d.id, 'deposit:' || d.id AS reference, d.recycler_id, d.amount_fen,
                   e.amount_fen AS line_fen, e.entry_class
              FROM deposits d
              LEFT JOIN statement_entries e
                     ON e.county_id = d.county_id AND e.id = d.statement_entry_id
             WHERE d.state = 'approved'
        )
        SELECT coalesce(s.county_id, m.county_id),
               coalesce('deposit ' || s.id, 'transfer ' || m.id),
               CASE WHEN s.id IS NULL THEN 'no deposit names it'
                    WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer or its line says otherwise' END
          FROM said s
          FULL JOIN moved m ON m.county_id = s.county_id AND m.reference = s.reference
         WHERE (s.amount_fen, s.line_fen, s.recycler_id, 'funding')
               IS DISTINCT FROM (m.amount, m.amount, m.owner, s.entry_class)
    """,
    "a_deposit_names_who_is_on_the_trace": of_two(
        "deposits",
        "deposit",
        made=["deposits.propose"],
        decided=["deposits.approved", "deposits.declined"],
    ),
}

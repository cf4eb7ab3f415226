"""What must hold between the bank's statements, cash-outs, allotments and the ledger."""

QUESTIONS = {
    "a_statement_line_moved_its_amount": """
        WITH booked AS (
            SELECT e.county_id, e.id, abs(e.amount_fen) AS amount, sign(e.amount_fen) AS sign,
                   CASE e.entry_class WHEN 'return' THEN 'payout_return'
                                      ELSE e.entry_class END AS kind,
                   CASE e.entry_class WHEN 'return' THEN c.shop_id END AS shop_id
              FROM statement_entries e
              LEFT JOIN cash_outs c ON c.county_id = e.county_id AND c.id = e.cash_out_id
             WHERE e.entry_class IN ('funding', 'payout', 'return')
        ), moved AS (
            SELECT t.county_id, t.id, t.kind, t.reference, t.amount, c.owner AS shop_id
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind IN ('funding', 'payout', 'payout_return')
        )
        SELECT coalesce(b.county_id, m.county_id),
               coalesce('statement line ' || b.id, 'transfer ' || m.id),
               CASE WHEN b.id IS NULL THEN 'no line of a statement names it'
                    WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM booked b
          FULL JOIN moved m
            ON m.county_id = b.county_id AND m.reference = 'statement_entry:' || b.id
         WHERE (b.kind, b.amount, b.shop_id) IS DISTINCT FROM (m.kind, m.amount, m.shop_id)
            OR b.sign <> CASE b.kind WHEN 'payout' THEN -1 ELSE 1 END
    """,
    "a_statement_line_names_its_statement": """
        SELECT e.county_id, 'statement line ' || e.id, 'its statement is missing'
          FROM statement_entries e
         WHERE NOT EXISTS (SELECT FROM bank_statements s
                            WHERE s.county_id = e.county_id AND s.id = e.statement_id)
    """,
    "an_allotment_moved_as_approved": """
        WITH moved AS (
            SELECT t.county_id, t.id, t.reference, t.amount, c.owner AS village_id
              FROM ledger.transfers t
              LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
             WHERE t.kind = 'allotment'
        )
        SELECT coalesce(a.county_id, m.county_id),
               coalesce('allotment ' || a.id, 'transfer ' || m.id),
               CASE WHEN a.id IS NULL THEN 'no approved allotment names it'
                    WHEN m.id IS NULL THEN 'its transfer is missing'
                    ELSE 'its transfer says otherwise' END
          FROM (SELECT * FROM allotments WHERE state = 'approved') a
          FULL JOIN moved m
            ON m.county_id = a.county_id AND m.reference = 'allotment:' || a.id
         WHERE (a.village_id, a.amount_fen) IS DISTINCT FROM (m.village_id, m.amount)
    """,
    "a_cash_out_is_held_as_its_state_says": """
        WITH held AS (
            SELECT h.county_id, h.id, h.reference, h.amount, a.owner AS shop_id, r.settled,
                   r.reference AS resolved_as, c.kind AS goes_to
              FROM ledger.holds h
              LEFT JOIN ledger.accounts a ON a.county_id = h.county_id AND a.id = h.debit
              LEFT JOIN ledger.accounts c ON c.county_id = h.county_id AND c.id = h.credit
              LEFT JOIN ledger.hold_resolutions r
                     ON r.county_id = h.county_id AND r.hold_id = h.id
             WHERE h.kind = 'cash_out'
        ), wanted AS (
            SELECT c.*, 'cash_out:' || c.id || ':hold' AS reference,
                   CASE WHEN c.state IN ('settled', 'returned') THEN c.amount_fen
                        WHEN c.state IN ('rejected', 'declined') THEN 0 END AS settled,
                   'cash_out:' || c.id
                   || CASE WHEN c.state IN ('settled', 'returned') THEN ':settled'
                           WHEN c.state IN ('rejected', 'declined') THEN ':released'
                           END AS resolved_as
              FROM cash_outs c
        )
        SELECT coalesce(w.county_id, h.county_id),
               coalesce('cash-out ' || w.id, 'hold ' || h.id),
               CASE WHEN w.id IS NULL THEN 'no cash-out names it'
                    WHEN h.id IS NULL THEN 'its hold is missing'
                    ELSE w.state || ', and its hold says otherwise' END
          FROM wanted w
          FULL JOIN held h ON h.county_id = w.county_id AND h.id = w.hold_id
         WHERE (w.reference, w.amount_fen, w.shop_id, w.settled, w.resolved_as,
                'payout_in_flight')
               IS DISTINCT FROM (h.reference, h.amount, h.shop_id, h.settled, h.resolved_as,
                                 h.goes_to)
    """,
    "the_bank_holds_what_is_owed": """
        WITH owed AS (
            SELECT a.county_id, -sum(b.posted) AS fen
              FROM ledger.accounts a
              JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
             WHERE a.kind = 'custody' GROUP BY 1
        ), said AS (
            SELECT DISTINCT ON (county_id) county_id, closing_fen AS fen
              FROM bank_statements ORDER BY county_id, on_day DESC, imported_at DESC
        ), waiting AS (
            SELECT county_id, sum(amount_fen) AS fen
              FROM statement_entries WHERE entry_class = 'waiting' GROUP BY 1
        )
        SELECT o.county_id, 'custody',
               'the ledger owes ' || o.fen || ' fen, the last statement shows '
               || coalesce(s.fen, 0) - coalesce(w.fen, 0)
          FROM owed o
          LEFT JOIN said s USING (county_id)
          LEFT JOIN waiting w USING (county_id)
         WHERE coalesce(s.fen, 0) - coalesce(w.fen, 0) < o.fen
    """,
    "a_flagged_shop_was_paid_by_a_person": """
        SELECT c.county_id, 'cash_out ' || c.id, 'it left by itself under the open flag ' || f.id
          FROM cash_outs c
          JOIN risk_flags f ON f.county_id = c.county_id AND f.shop_id = c.shop_id
         WHERE c.decided_by IS NULL AND c.state <> 'awaiting_release'
           AND c.asked_at > f.raised_at AND c.asked_at < coalesce(f.judged_at, 'infinity')
    """,
}

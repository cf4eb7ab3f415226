"""What must hold between the bank's statements, cash-outs, allotments and the ledger."""

from app.kernel.audit.agreeing import Step, agree, instant, of_two, recorded

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
    # A total of the bank is believed only up to the newest day to which its statements chain; what
    # the ledger booked of later days is left out of what it owes.
    "the_bank_holds_what_is_owed": """
        WITH newest AS (
            SELECT DISTINCT ON (county_id, on_day) county_id, on_day, opening_fen, closing_fen
              FROM bank_statements WHERE state = 'confirmed'
             ORDER BY county_id, on_day, line_count DESC, imported_at DESC
        ), beside AS (
            SELECT county_id, on_day, closing_fen,
                   opening_fen = lag(closing_fen, 1, opening_fen)
                                 OVER (PARTITION BY county_id ORDER BY on_day) AS fits
              FROM newest
        ), said AS (
            SELECT DISTINCT ON (b.county_id) b.county_id, b.on_day, b.closing_fen AS fen
              FROM beside b
             WHERE b.on_day < coalesce((SELECT min(x.on_day) FROM beside x
                                         WHERE x.county_id = b.county_id AND NOT x.fits),
                                       'infinity')
             ORDER BY b.county_id, b.on_day DESC
        ), lines AS (
            SELECT e.county_id,
                   sum(e.amount_fen) FILTER (
                       WHERE e.entry_class IN ('payout', 'return', 'funding')
                         AND e.booked_on > coalesce(s.on_day, '-infinity')) AS later_fen,
                   sum(e.amount_fen) FILTER (
                       WHERE e.entry_class = 'waiting' AND e.is_believed
                         AND e.booked_on <= s.on_day) AS waiting_fen
              FROM statement_entries e
              LEFT JOIN said s ON s.county_id = e.county_id
             GROUP BY 1
        ), owed AS (
            SELECT a.county_id, -sum(b.posted) AS fen
              FROM ledger.accounts a
              JOIN ledger.balances b ON b.county_id = a.county_id AND b.account_id = a.id
             WHERE a.kind = 'custody' GROUP BY 1
        )
        SELECT o.county_id, 'custody',
               'the ledger owes ' || o.fen - coalesce(l.later_fen, 0)
               || ' fen, the newest statement that chains shows '
               || coalesce(s.fen, 0) - coalesce(l.waiting_fen, 0)
          FROM owed o
          LEFT JOIN said s USING (county_id)
          LEFT JOIN lines l USING (county_id)
         WHERE coalesce(s.fen, 0) - coalesce(l.waiting_fen, 0) < o.fen - coalesce(l.later_fen, 0)
    """,
    "a_day_has_two_statements": """
        SELECT s.county_id, 'statement ' || s.id,
               'it contradicts what counts of ' || s.on_day || ', and nobody has looked'
          FROM bank_statements s
         WHERE s.state = 'set_aside'
           AND NOT EXISTS (SELECT FROM proposals p
                            WHERE p.county_id = s.county_id AND p.subject_id = s.id::text
                              AND p.kind = 'statement_set_aside' AND p.done_at IS NOT NULL)
        UNION ALL
        SELECT county_id, 'statements of ' || on_day, 'they begin with different balances'
          FROM bank_statements WHERE state = 'confirmed'
         GROUP BY county_id, on_day HAVING count(DISTINCT opening_fen) > 1
    """,
    "a_statement_begins_where_the_last_one_ends": """
        WITH newest AS (
            SELECT DISTINCT ON (county_id, on_day) county_id, id, on_day, opening_fen, closing_fen
              FROM bank_statements WHERE state = 'confirmed'
             ORDER BY county_id, on_day, line_count DESC, imported_at DESC
        ), beside AS (
            SELECT n.*, lag(closing_fen) OVER (PARTITION BY county_id ORDER BY on_day) AS before_fen
              FROM newest n
        )
        SELECT county_id, 'statement ' || id,
               'it begins with ' || opening_fen || ' fen, the one before ends with ' || before_fen
          FROM beside WHERE opening_fen <> before_fen
    """,
    "what_two_people_said_of_a_line_is_so": """
        WITH said AS (
            SELECT p.county_id, CAST(p.subject_id AS uuid) AS entry_id, p.kind,
                   p.content ->> 'entry_class' AS entry_class, p.content ->> 'cash_out_id' AS one,
                   p.content -> 'cash_out_ids' AS several
              FROM proposals p
             WHERE p.kind IN ('statement_line', 'statement_line_parts') AND p.done_at IS NOT NULL
        )
        SELECT e.county_id, 'statement line ' || e.id, 'no two people said that it is this'
          FROM statement_entries e
         WHERE e.is_agreed
           AND NOT EXISTS (SELECT FROM said s
                            WHERE s.county_id = e.county_id
                              AND s.entry_id = coalesce(e.part_of, e.id)
                              AND CASE WHEN e.part_of IS NOT NULL
                                       THEN s.entry_class = e.entry_class
                                            AND s.several ? e.cash_out_id::text
                                       WHEN e.entry_class = 'taken_apart'
                                       THEN s.kind = 'statement_line_parts'
                                       WHEN e.entry_class IN ('payout', 'return')
                                       THEN s.entry_class = e.entry_class
                                            AND s.one = e.cash_out_id::text
                                       ELSE s.entry_class = e.entry_class END)
         UNION ALL
        SELECT s.county_id, 'statement line ' || s.entry_id,
               'it is not what two people said that it is'
          FROM said s
         WHERE NOT EXISTS (SELECT FROM statement_entries e
                            WHERE e.county_id = s.county_id AND e.id = s.entry_id AND e.is_agreed
                              AND e.entry_class = CASE s.kind WHEN 'statement_line_parts'
                                                  THEN 'taken_apart' ELSE s.entry_class END)
    """,
    "a_line_taken_apart_is_the_sum_of_its_parts": """
        SELECT w.county_id, 'statement line ' || w.id, 'its parts come to another sum'
          FROM statement_entries w
          LEFT JOIN (SELECT county_id, part_of, sum(amount_fen) AS fen
                       FROM statement_entries WHERE part_of IS NOT NULL GROUP BY 1, 2) parts
                 ON parts.county_id = w.county_id AND parts.part_of = w.id
         WHERE coalesce(parts.fen, 0)
               <> CASE w.entry_class WHEN 'taken_apart' THEN w.amount_fen ELSE 0 END
    """,
    "a_flagged_shop_was_paid_by_a_person": """
        SELECT c.county_id, 'cash_out ' || c.id, 'it left by itself under the open flag ' || f.id
          FROM cash_outs c
          JOIN risk_flags f ON f.county_id = c.county_id AND f.shop_id = c.shop_id
         WHERE c.decided_by IS NULL AND c.state <> 'awaiting_release'
           AND c.asked_at > f.raised_at AND c.asked_at < coalesce(f.judged_at, 'infinity')
    """,
    "an_allotment_names_who_is_on_the_trace": of_two(
        "allotments",
        "allotment",
        made=["settlement.propose_allotment"],
        decided=["settlement.allotment_approved", "settlement.allotment_declined"],
    ),
    "a_cash_out_names_who_is_on_the_trace": agree(
        "cash_outs",
        "cash_out",
        [
            Step("asked_by", "asked_at", ["settlement.ask"]),
            Step("decided_by", "decided_at", ["settlement.release", "settlement.decline"]),
        ],
    ),
    "a_statement_is_on_the_trace": recorded(
        "bank_statement",
        f"""
            SELECT county_id, id::text,
                   jsonb_build_object(
                       'by', imported_by, 'at', {instant("imported_at")}, 'on', on_day,
                       'opening_fen', opening_fen, 'closing_fen', closing_fen,
                       'sha256', encode(file_digest, 'hex'))
              FROM bank_statements
        """,  # noqa: S608 - constants
        "action = 'settlement.import_statement' AND details ? 'sha256'",
        f"""
            jsonb_build_object(
                'by', actor_id, 'at', {instant("at")}, 'on', details ->> 'on',
                'opening_fen', details -> 'opening_fen', 'closing_fen', details -> 'closing_fen',
                'sha256', details ->> 'sha256')
        """,
    ),
    "who_confirmed_a_statement_is_on_the_trace": recorded(
        "confirmed_statement",
        """
            SELECT county_id, id::text,
                   jsonb_build_object('by', decided_by, 'sha256', encode(file_digest, 'hex'))
              FROM bank_statements WHERE decided_by IS NOT NULL
        """,
        "action = 'settlement.confirm_statement'",
        "jsonb_build_object('by', actor_id, 'sha256', details ->> 'sha256')",
    ),
}

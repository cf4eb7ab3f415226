"""Recomputing the ledger from its own rows: what ``flask ledger verify`` runs.

Nothing here trusts a function or a running total of the database. Domains above the ledger
contribute questions of their own (``operations.proving`` puts them together).
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, text

from app.points.ledger.chains import fences_before, recompute_chains
from app.points.ledger.findings import Proof

# Each yields county_id, subject, problem.
_QUESTIONS = {
    "balances_sum_to_zero": """
        SELECT county_id, 'county', 'balances sum to ' || sum(posted)
          FROM ledger.balances GROUP BY county_id HAVING sum(posted) <> 0
    """,
    "nothing_below_zero": """
        SELECT b.county_id, 'account ' || b.account_id,
               'posted ' || b.posted || ', held ' || b.held
          FROM ledger.balances b
          LEFT JOIN ledger.accounts a ON a.county_id = b.county_id AND a.id = b.account_id
         WHERE b.held < 0 OR (a.kind IS DISTINCT FROM 'custody'
                              AND (b.posted < b.held OR b.may_go_negative))
    """,
    "held_is_the_sum_of_open_holds": """
        SELECT county_id, 'account ' || account_id,
               'held ' || coalesce(b.held, 0) || ', open holds ' || coalesce(h.held, 0)
          FROM ledger.balances b
          FULL JOIN (
            SELECT h.county_id, h.debit AS account_id, sum(h.amount) AS held
              FROM ledger.holds h
             WHERE NOT EXISTS (SELECT FROM ledger.hold_resolutions r
                                WHERE r.county_id = h.county_id AND r.hold_id = h.id)
             GROUP BY 1, 2) h USING (county_id, account_id)
         WHERE coalesce(b.held, 0) <> coalesce(h.held, 0)
    """,
    "a_hold_settles_as_it_says": """
        SELECT coalesce(r.county_id, t.county_id), 'hold ' || coalesce(r.hold_id, t.hold_id),
               CASE WHEN h.id IS NULL THEN 'resolved but never made'
                    WHEN r.settled > h.amount THEN 'settled for more than was held'
                    WHEN r.hold_id IS NULL THEN 'settled without a resolution'
                    ELSE 'resolution and transfer differ' END
          FROM (SELECT * FROM ledger.hold_resolutions WHERE settled > 0) r
          FULL JOIN (SELECT * FROM ledger.transfers WHERE hold_id IS NOT NULL) t
            ON t.county_id = r.county_id AND t.hold_id = r.hold_id
          LEFT JOIN ledger.holds h ON h.county_id = coalesce(r.county_id, t.county_id)
                                  AND h.id = coalesce(r.hold_id, t.hold_id)
         WHERE h.id IS NULL OR r.hold_id IS NULL OR t.id IS NULL OR r.settled > h.amount
            OR (r.resolved_by, r.settled, r.reference, h.kind, h.debit, h.credit)
               IS DISTINCT FROM (t.id, t.amount, t.reference, t.kind, t.debit, t.credit)
    """,
    "a_release_has_a_hold": """
        SELECT r.county_id, 'hold ' || r.hold_id, 'released but never made'
          FROM ledger.hold_resolutions r
         WHERE r.settled = 0
           AND NOT EXISTS (SELECT FROM ledger.holds h
                            WHERE h.county_id = r.county_id AND h.id = r.hold_id)
    """,
    "held_points_are_resolved_together": """
        WITH pieces AS (
            SELECT h.county_id, h.reference, h.id, h.kind, h.credit, a.owner, r.hold_id,
                   r.reference AS resolved_as, r.settled, h.amount,
                   -- What was settled takes the pieces that expire first, each to the full
                   -- before it touches the next.
                   coalesce(lag(r.settled = h.amount) OVER part, true) AS is_next
              FROM ledger.holds h
              JOIN ledger.accounts a ON a.county_id = h.county_id AND a.id = h.debit
              LEFT JOIN ledger.hold_resolutions r
                     ON r.county_id = h.county_id AND r.hold_id = h.id
             WHERE a.kind = 'household'
            WINDOW part AS (PARTITION BY h.county_id, h.reference
                            ORDER BY a.expires_on NULLS LAST, h.id)
        )
        SELECT county_id, 'hold of ' || reference,
               CASE WHEN count(hold_id) NOT IN (0, count(*))
                         OR count(DISTINCT resolved_as) > 1
                    THEN 'its pieces were resolved apart'
                    WHEN bool_or(settled > 0 AND NOT is_next)
                    THEN 'what expires later moved first'
                    ELSE 'its pieces are of different holds' END
          FROM pieces
         GROUP BY county_id, reference
        HAVING count(hold_id) NOT IN (0, count(*)) OR count(DISTINCT resolved_as) > 1
            OR bool_or(settled > 0 AND NOT is_next)
            OR count(DISTINCT (kind, credit, owner)) > 1
    """,
    "amounts_move_along_listed_flows": """
        SELECT t.county_id, 'transfer ' || t.id,
               t.kind || ' from ' || coalesce(d.kind, 'nowhere') || ' to '
               || coalesce(c.kind, 'nowhere')
          FROM ledger.transfers t
          LEFT JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
          LEFT JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
         WHERE NOT EXISTS (SELECT FROM ledger.flows f
                            WHERE f.kind = t.kind AND f.debit = d.kind AND f.credit = c.kind)
    """,
    "carried_points_keep_their_last_day": """
        SELECT t.county_id, 'transfer ' || t.id,
               'carried points from ' || coalesce(d.expires_on::text, 'no last day') || ' to '
               || coalesce(c.expires_on::text, 'no last day')
          FROM ledger.transfers t
          JOIN ledger.accounts d ON d.county_id = t.county_id AND d.id = t.debit
          JOIN ledger.accounts c ON c.county_id = t.county_id AND c.id = t.credit
         WHERE t.kind = 'carry'
           AND (d.expires_on IS DISTINCT FROM c.expires_on OR d.owner = c.owner)
    """,
    "every_account_has_a_balance": """
        SELECT county_id, 'account ' || id, 'has no balance row'
          FROM ledger.accounts a
         WHERE NOT EXISTS (SELECT FROM ledger.balances b
                            WHERE b.county_id = a.county_id AND b.account_id = a.id)
    """,
    "an_account_is_as_its_kind_says": """
        SELECT a.county_id, 'account ' || a.id,
               coalesce('its owner or last day is not for a ' || k.kind, 'is of no known kind')
          FROM ledger.accounts a LEFT JOIN ledger.account_kinds k USING (kind)
         WHERE k.kind IS NULL OR k.has_owner <> (a.owner IS NOT NULL)
            OR (a.expires_on IS NOT NULL AND NOT k.may_expire)
            OR a.id >> 40 <> k.rank
    """,
    "what_protects_the_ledger_is_in_place": """
        SELECT 0, 'table ' || c.relname, 'its rows can be changed: no trigger refuses it'
          FROM pg_class c
         WHERE c.relnamespace = 'ledger'::regnamespace
           AND c.relname IN ('accounts', 'transfers', 'holds', 'hold_resolutions', 'seals')
           AND NOT EXISTS (SELECT FROM pg_trigger t
                            WHERE t.tgrelid = c.oid AND t.tgname = 'never_changed'
                              AND t.tgenabled = 'O')
        UNION ALL
        SELECT 0, 'table ' || c.relname, 'the application may write it past the functions'
          FROM pg_class c JOIN pg_roles r ON r.rolname = 'fen_app'
         WHERE c.relnamespace = 'ledger'::regnamespace AND c.relkind IN ('r', 'p')
           AND has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        UNION ALL
        SELECT 0, 'rule ' || wanted.name, 'is not checked any more'
          FROM unnest(ARRAY['not_overdrawn', 'held_not_negative']) AS wanted (name)
         WHERE NOT EXISTS (SELECT FROM pg_constraint c
                            WHERE c.conrelid = 'ledger.balances'::regclass
                              AND c.conname = wanted.name AND c.convalidated)
    """,
}

# Of accounts without recent transfers; those with some are followed to their balance.
_SINCE_QUESTIONS = {
    "a_balance_is_its_last_entry": """
        SELECT b.county_id, 'account ' || b.account_id,
               'says ' || b.posted || ' after ' || b.entries || ' entries, which none left'
          FROM ledger.balances b
         WHERE b.entries > 0
           AND NOT EXISTS (SELECT FROM ledger.transfers t
                            WHERE t.county_id = b.county_id AND t.debit = b.account_id
                              AND t.debit_entry = b.entries AND t.debit_after = b.posted
                              AND t.debit_head = b.head)
           AND NOT EXISTS (SELECT FROM ledger.transfers t
                            WHERE t.county_id = b.county_id AND t.credit = b.account_id
                              AND t.credit_entry = b.entries AND t.credit_after = b.posted
                              AND t.credit_head = b.head)
    """,
}


def verify(
    connection: Connection,
    *,
    since: datetime | None = None,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Proof:
    """Recompute all that must hold. Run it in a REPEATABLE READ transaction beside traffic.

    ``since`` rereads only what the last seal before that instant does not cover, and builds upon
    the sealed entries before (``proof.anchors``), whose seals the caller must check.
    ``on_progress`` is told how many entries (two for each transfer) have been hashed since the
    last call.
    """
    proof = Proof()
    proof.ask(connection, _QUESTIONS)
    proof.holds = connection.execute(text("SELECT count(*) FROM ledger.holds")).scalar_one()
    fences = fences_before(connection, since)
    if fences:
        proof.ask(connection, _SINCE_QUESTIONS)
    recompute_chains(connection, proof, fences, on_progress)
    return proof

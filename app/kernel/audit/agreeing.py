"""Whether a table and the trace name the same people, as a question of the nightly proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Somebody did something to a row: the columns that say who and when, and the trace's words.

    ``actions`` must each have their row; an older release may have used others.
    """

    who: str
    at: str
    actions: Sequence[str]


def agree(table: str, kind: str, steps: Iterable[Step], *, was: Sequence[str] = ()) -> str:
    """SQL that finds rows whose people are not on the trace, and deeds whose row says otherwise.

    ``kind`` is the kind of subject by which the trace knows the rows, ``was`` the kinds of those
    that came from other tables.
    """
    steps = tuple(steps)
    said = " UNION ALL ".join(_named(table, step) for step in steps)
    kinds = ", ".join(f"'{one}'" for one in (kind, *was))
    actions = ", ".join(f"'{action}'" for step in steps for action in step.actions)
    same = "(s.county_id, s.id, s.who, s.at) = (t.county_id, t.subject_id, t.actor_id, t.at)"
    return f"""
        WITH said AS ({said}),
             told AS (SELECT county_id, subject_id, actor_id, at, action
                        FROM audit_events WHERE subject_kind IN ({kinds}))
        SELECT s.county_id, '{kind} ' || s.id, 'the trace knows nothing of who it names'
          FROM said s WHERE NOT EXISTS (SELECT FROM told t WHERE {same})
         UNION ALL
        SELECT t.county_id, '{kind} ' || t.subject_id, t.action || ' was done by somebody else'
          FROM told t
         WHERE t.action IN ({actions}) AND NOT EXISTS (SELECT FROM said s WHERE {same})
    """  # noqa: S608 - only constants of the domains


def _named(table: str, step: Step) -> str:
    return f"""
        SELECT county_id, id::text AS id, {step.who} AS who, {step.at} AS at
          FROM {table} WHERE {step.who} IS NOT NULL
    """  # noqa: S608 - only constants of the domains


def of_two(table: str, kind: str, *, made: Sequence[str], decided: Sequence[str]) -> str:
    """The same for a table of what one person proposes and another decides."""
    steps = (Step("proposed_by", "proposed_at", made), Step("decided_by", "decided_at", decided))
    return agree(table, kind, steps)


TAKEN_OVER = "trace.take_over"


def instant(at: str) -> str:
    """An instant as a fact that two rows can be compared by."""
    return f"CAST(extract(epoch FROM {at}) * 1000000 AS bigint)"


def recorded(kind: str, rows: str, deeds: str, facts: str) -> str:
    """SQL that finds rows which the trace does not know just so, and deeds without their row.

    ``rows`` yields county, the subject of the event, and the facts, a JSON object; ``facts`` makes
    the same of an event, and ``deeds`` says which events are meant. A row of before this question
    is known by an event that took it over as ``kind``, with the facts as they were then; and a deed
    of before the codes (docs/trust.md) may lack its row.
    """
    return f"""
        WITH said (county_id, subject_id, facts) AS ({rows}),
             told AS (SELECT county_id, subject_id, {facts} AS facts, action, mac
                        FROM audit_events WHERE {deeds}),
             known AS (SELECT county_id, subject_id, facts FROM told
                        UNION ALL
                       SELECT county_id, subject_id, details FROM audit_events
                        WHERE action = '{TAKEN_OVER}' AND subject_kind = '{kind}')
        SELECT s.county_id, '{kind} ' || s.subject_id, 'the trace does not know it like this'
          FROM (SELECT * FROM said EXCEPT SELECT * FROM known) s
         UNION ALL
        SELECT t.county_id, '{kind} ' || t.subject_id, t.action || ' has no such row'
          FROM told t
         WHERE t.mac IS NOT NULL
           AND NOT EXISTS (SELECT FROM said s
                            WHERE (s.county_id, s.subject_id, s.facts)
                                = (t.county_id, t.subject_id, t.facts))
    """  # noqa: S608 - only constants of the domains

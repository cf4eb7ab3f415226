"""What is kept of people and for how long, as docs/operations.md has it."""

from app.kernel.retention import End, Kept
from operations import domains

HEAD = ("| table | of people | why | until |", "| --- | --- | --- | --- |")


def table() -> str:
    """Every table that holds something of people, in Markdown."""
    rows = sorted(domains.kept().values(), key=lambda kept: kept.table)
    return "\n".join((*HEAD, *(_row(kept) for kept in rows if kept.of_people)))


def _row(kept: Kept) -> str:
    until = [*(_said(end) for end in kept.ends), *dict.fromkeys(kept.otherwise.values())]
    return f"| `{kept.table}` | {kept.of_people} | {kept.why} | {'; '.join(until)} |"


def _said(end: End) -> str:
    when = f"{end.term} after `{end.after}`" if end.months or end.days else f"`{end.after}`"
    if end.is_deletion:
        return f"{when}: row deleted"
    return f"{when}: {', '.join(f'`{name}`' for name in end.emptied)} emptied"

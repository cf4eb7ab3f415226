"""Definitions of constraints and indexes, the same before a dump and after its restore.

PostgreSQL prints the texts of a list with casts around the list, and when it reads that again, with
casts around each of them. Of ``(a AND b) AND (c AND d)`` it forgets the first brackets. Neither
changes what is meant, so both are taken off before definitions are compared.
"""

import re

_LITERAL = "'(?:[^']|'')*'"
_PIECE = re.compile(rf"{_LITERAL}|[()]|[^()']+")
_CONNECTIVES = (" AND ", " OR ")

Tree = list["str | Tree"]


def as_first_made(said: str) -> str:
    """The definition without casts of texts, and without brackets that group what is grouped."""
    said = re.sub(rf"({_LITERAL})::character varying", r"\1", said)
    said = re.sub(rf"\(({_LITERAL})\)::text", r"\1", said)
    said = re.sub(rf"\((ARRAY\[(?:{_LITERAL}(?:, )?)*\])\)::text\[\]", r"\1", said)
    return _text(_flat(_tree(said)))


def _tree(said: str) -> Tree:
    """The text, with a tree for what stands in each pair of brackets."""
    above: list[Tree] = []
    tree: Tree = []
    for piece in _PIECE.findall(said):
        if piece == "(":
            above.append(tree)
            tree = []
        elif piece == ")" and above:
            inner, tree = tree, above.pop()
            tree.append(inner)
        else:
            tree.append(piece)
    return tree


def _flat(tree: Tree) -> Tree:
    """The tree, with an AND inside an AND, or an OR inside an OR, as one."""
    inner = [one if isinstance(one, str) else _flat(one) for one in tree]
    joined = _connective(inner)
    found: Tree = []
    for place, one in enumerate(inner):
        is_part = (
            not isinstance(one, str)
            and joined is not None
            and _connective(one) == joined
            and _ends(inner, place - 1, joined, at_end=True)
            and _ends(inner, place + 1, joined, at_end=False)
        )
        found += one if is_part else [one]
    return found


def _connective(tree: Tree) -> str | None:
    words = [one for one in tree if isinstance(one, str) and not one.startswith("'")]
    found = [connective for connective in _CONNECTIVES if any(connective in w for w in words)]
    return found[0] if len(found) == 1 else None


def _ends(tree: Tree, place: int, connective: str, *, at_end: bool) -> bool:
    """Whether there is nothing beside, or the connective."""
    if not 0 <= place < len(tree):
        return True
    beside = tree[place]
    if not isinstance(beside, str):
        return False
    return beside.endswith(connective) if at_end else beside.startswith(connective)


def _text(tree: Tree) -> str:
    return "".join(one if isinstance(one, str) else f"({_text(one)})" for one in tree)

"""What else a change of a household touches: each domain says it of its own, in its ``touched.py``.

The register lies below all of them and knows none: ``operations.domains`` finds them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from app.kernel.errors import DomainError
from app.register.households.life.changing import OF_TWO, Change, ChangeKind, Line

Blocks = Callable[[Change], Iterable[DomainError]]
Apply = Callable[[Change], Iterable[Line]]


class TwoTouchOneThing(RuntimeError):
    """Two domains touch a thing by one name, and one would hide what the other does."""


def _nothing(_: Change) -> Iterable[DomainError]:
    return ()


@dataclass(frozen=True)
class Touched:
    """A domain's part in changes of households.

    Args:
        apply: does it, after the register has changed its own, and says what it did.
        blocks: what must be done first; asked under the households' locks.
        is_last: it locks accounts, which are held until the commit.
        kinds: of which changes; most are touched only where people of two households mix.
    """

    name: str
    apply: Apply
    blocks: Blocks = _nothing
    is_last: bool = False
    kinds: Collection[ChangeKind] = OF_TWO


_TOUCHED: dict[str, Touched] = {}
# What they do, by name: apart, so that the contract finds what a change can be refused for.
APPLY: dict[str, Apply] = {}
BLOCKS: dict[str, Blocks] = {}


def touched(part: Touched) -> Touched:
    """Let changes of households touch this as well.

    Raises:
        TwoTouchOneThing: there is one of this name.
    """
    if part.name in _TOUCHED:
        raise TwoTouchOneThing(part.name)
    _TOUCHED[part.name] = part
    APPLY[part.name], BLOCKS[part.name] = part.apply, part.blocks
    return part


def in_order(kind: ChangeKind) -> Iterator[str]:
    """Their names in the order in which they are applied to changes of a kind."""
    touching = [part for part in _TOUCHED.values() if kind in part.kinds]
    parts = sorted(touching, key=lambda part: (part.is_last, part.name))
    return (part.name for part in parts)

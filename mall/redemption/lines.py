"""The goods of a purchase."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from mall.catalogue.prices import Charged
from mall.redemption.errors import LinesDoNotAddUp


@dataclass(frozen=True)
class Line:
    """Goods as they were called, and the market price of one in fen."""

    name: str
    quantity: int
    price_fen: int
    goods_id: UUID | None = None

    @property
    def sum_fen(self) -> int:
        return self.quantity * self.price_fen

    @property
    def charged(self) -> Charged:
        """For the campaigns, which look at the shelf."""
        return Charged(self.goods_id, self.price_fen)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"goods_id": str(self.goods_id) if self.goods_id else None}


def line_of(kept: dict[str, Any]) -> Line:
    """The line that ``as_json`` kept."""
    goods_id = kept["goods_id"]
    return Line(**kept | {"goods_id": UUID(goods_id) if goods_id else None})


def check_sum(lines: Sequence[Line], *, price_fen: int) -> None:
    """Raises LinesDoNotAddUp when there are lines and they cost something else."""
    total = sum(line.sum_fen for line in lines)
    if lines and total != price_fen:
        raise LinesDoNotAddUp(lines_fen=total, price_fen=price_fen)

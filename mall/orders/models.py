"""Orders with their lines and refunds, and the states each may go through."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Recorded


class OrderState(StrEnum):
    """How far an order has come. In all but the last two its points are held."""

    PLACED = "placed"
    PREPARING = "preparing"  # the shop has begun
    READY = "ready"  # it waits to be picked up, or to leave
    ON_THE_WAY = "on_the_way"
    HANDED_OVER = "handed_over"  # the points have moved
    CANCELLED = "cancelled"  # the points are free again

    @property
    def is_open(self) -> bool:
        return self not in {OrderState.HANDED_OVER, OrderState.CANCELLED}


_S = OrderState
# Every legal step.
ORDER_STEPS: Mapping[OrderState, frozenset[OrderState]] = MappingProxyType(
    {
        _S.PLACED: frozenset({_S.PREPARING, _S.CANCELLED}),
        _S.PREPARING: frozenset({_S.READY, _S.CANCELLED}),
        _S.READY: frozenset({_S.ON_THE_WAY, _S.HANDED_OVER, _S.CANCELLED}),
        _S.ON_THE_WAY: frozenset({_S.HANDED_OVER, _S.CANCELLED}),
        _S.HANDED_OVER: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)


class Way(StrEnum):
    """How the goods reach the household."""

    PICK_UP = "pick_up"  # at the shop
    DELIVERY = "delivery"  # to the place where the household's group gathers


class CancelledBy(StrEnum):
    RESIDENT = "resident"
    SHOP = "shop"
    TIME = "time"  # not prepared, or not picked up, in time


class LineState(StrEnum):
    OPEN = "open"  # its points are held, its pieces set aside
    OFFERED = (
        "offered"  # a substitute that waits for the household's word; its pieces are set aside
    )
    REPLACED = "replaced"  # its substitute stands in for it, and has its points
    DECLINED = "declined"  # a substitute that nobody wanted
    DROPPED = "dropped"  # its points are free again, its pieces back on the shelf
    HANDED_OVER = "handed_over"


_L = LineState
LINE_STEPS: Mapping[LineState, frozenset[LineState]] = MappingProxyType(
    {
        _L.OPEN: frozenset({_L.REPLACED, _L.DROPPED, _L.HANDED_OVER}),
        _L.OFFERED: frozenset({_L.OPEN, _L.DECLINED}),
        _L.REPLACED: frozenset(),
        _L.DECLINED: frozenset(),
        _L.DROPPED: frozenset(),
        _L.HANDED_OVER: frozenset(),
    }
)


class Order(Recorded):
    """Goods of one shop for one household, as they were chosen and agreed."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "state IN ('placed', 'preparing', 'ready', 'on_the_way', 'handed_over', 'cancelled')",
            name="state_is_known",
        ),
        CheckConstraint("way IN ('pick_up', 'delivery')", name="way_is_known"),
        CheckConstraint(
            "way = 'delivery' OR state <> 'on_the_way'", name="only_a_delivery_is_on_the_way"
        ),
        CheckConstraint(
            "(state IN ('handed_over', 'cancelled')) = (ended_at IS NOT NULL) "
            "AND (ended_at IS NULL) = (due_at IS NOT NULL)",
            name="what_is_open_is_due",
        ),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL)", name="cancelled_by_somebody"
        ),
        CheckConstraint(
            "cancelled_by IN ('resident', 'shop', 'time')", name="cancelled_by_is_known"
        ),
        CheckConstraint(
            "(cancelled_by IS NOT DISTINCT FROM 'shop') = (reason IS NOT NULL)",
            name="a_shop_says_why",
        ),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(
            "received_by IS NULL OR (way = 'delivery' AND state = 'handed_over')",
            name="received_by_name_when_delivered",
        ),
        Index("ix_orders_household", "county_id", "household_id", "id"),
        Index("ix_orders_shop", "county_id", "shop_id", "id"),
        Index("ix_orders_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))  # who placed it
    shop_id: Mapped[UUID] = mapped_column(ForeignKey("shops.id"))
    group_id: Mapped[UUID] = mapped_column(ForeignKey("regions.id"))  # where it is delivered
    way: Mapped[Way]
    state: Mapped[OrderState]
    points: Mapped[int]  # agreed when it was placed, over all lines
    placed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # it is cancelled by time from then on; none: it has ended
    ended_at: Mapped[datetime | None]
    cancelled_by: Mapped[CancelledBy | None]
    reason: Mapped[str | None]  # why the shop cancelled it, for the household to read
    # Of the digits that the household shows; none: it has not asked for them.
    code_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_by: Mapped[str | None]  # who took a delivery, when nobody showed the digits

    def step_to(self, state: OrderState) -> None:
        """Enter the next state; a step that is not listed is a bug of the caller."""
        if state not in ORDER_STEPS[self.state]:
            raise AssertionError(f"an order does not go from {self.state} to {state}")
        self.state = state

    @property
    def stock_reference(self) -> str:
        """Its name in the journal of stock."""
        return f"order:{self.id}"


class OrderLine(Recorded):
    """What was bought, as it was when it was agreed: all amounts are of the whole line."""

    __tablename__ = "order_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "order_id"],
            ["orders.county_id", "orders.id"],
            name="fk_order_lines_order",
        ),
        ForeignKeyConstraint(
            ["county_id", "replaces_id"],
            ["order_lines.county_id", "order_lines.id"],
            name="fk_order_lines_replaces",
        ),
        CheckConstraint(
            "state IN ('open', 'offered', 'replaced', 'declined', 'dropped', 'handed_over')",
            name="state_is_known",
        ),
        CheckConstraint("count > 0", name="count_positive"),
        CheckConstraint("points > 0 AND subsidy_fen >= 0", name="amounts_not_negative"),
        CheckConstraint("points + subsidy_fen = settlement_fen", name="parts_add_up"),
        CheckConstraint("settlement_fen <= market_price_fen", name="settled_within_market_price"),
        CheckConstraint("points <= held_points", name="points_are_held"),
        CheckConstraint("refunded_count BETWEEN 0 AND count", name="refunded_is_a_part"),
        CheckConstraint(
            "(campaign_name IS NULL) = (subsidy_fen = 0) "
            "AND (campaign_name IS NULL) = (funder_name IS NULL)",
            name="a_subsidy_has_a_funder",
        ),
        CheckConstraint("(replaces_id IS NULL) = (root_id = id)", name="a_first_line_is_its_root"),
        CheckConstraint(
            "(state = 'offered') = (answer_until IS NOT NULL)", name="an_offer_ends_some_time"
        ),
        Index("ix_order_lines_order", "county_id", "order_id", "id"),
        Index(
            "uq_order_lines_offered",
            "county_id",
            "replaces_id",
            unique=True,
            postgresql_where=text("state = 'offered'"),
        ),
        Index(
            "ix_order_lines_answer_until",
            "answer_until",
            postgresql_where=text("answer_until IS NOT NULL"),
        ),
    )

    order_id: Mapped[UUID]
    replaces_id: Mapped[UUID | None]  # the line for which it is a substitute
    root_id: Mapped[UUID]  # the line that was first agreed; its points pay for this one
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"))
    state: Mapped[LineState]
    name: Mapped[str]
    unit: Mapped[str]
    count: Mapped[int]
    market_price_fen: Mapped[int]
    settlement_fen: Mapped[int]  # what the merchant is owed
    points: Mapped[int]  # of it, the household's part
    subsidy_fen: Mapped[int]  # of it, the funder's part
    campaign_name: Mapped[str | None]
    funder_name: Mapped[str | None]
    held_points: Mapped[int]  # held for the first line of its kind, at least its points
    promised_fen: Mapped[int]  # of subsidy, for the first line of its kind
    refunded_count: Mapped[int] = mapped_column(default=0)
    answer_until: Mapped[datetime | None]  # the household may take the substitute before then

    def step_to(self, state: LineState) -> None:
        """Enter the next state; a step that is not listed is a bug of the caller."""
        if state not in LINE_STEPS[self.state]:
            raise AssertionError(f"a line does not go from {self.state} to {state}")
        self.state = state

    @property
    def reference(self) -> str:
        """The purchase's name in the ledger and among the subsidies, also after a substitution."""
        return f"order_line:{self.root_id}"

    @property
    def stock_reference(self) -> str:
        """Under which its pieces are set aside."""
        return f"order:{self.order_id}" if self.replaces_id is None else f"order_line:{self.id}"


class OrderRefund(Recorded):
    """Pieces of a line that came back, or were not what they should be, after the hand-over."""

    __tablename__ = "order_refunds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_id", "line_id"],
            ["order_lines.county_id", "order_lines.id"],
            name="fk_order_refunds_line",
        ),
        CheckConstraint("count > 0", name="count_positive"),
        CheckConstraint("points >= 0 AND subsidy_fen >= 0", name="amounts_not_negative"),
        Index("ix_order_refunds_line", "county_id", "line_id", "id"),
    )

    line_id: Mapped[UUID]
    count: Mapped[int]
    points: Mapped[int]  # back to the household
    subsidy_fen: Mapped[int]  # back to the funder
    reason: Mapped[str]
    refunded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    refunded_at: Mapped[datetime]

    @property
    def reference(self) -> str:
        """Its name in the ledger."""
        return f"order_refund:{self.id}"

"""Two counties, and in them one object of each kind at four distances from whoever calls.

Each module here puts the objects of its domain at a ``Ground`` and returns them by name. To add
one, return it there and name it in ``tests.access.calls``.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import TextClause, text

from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.register.households.models import Binding, BindingMethod, Member
from app.register.identity.models import WechatAccount
from app.register.identity.roles import AT_A_MERCHANT, AT_A_SHOP, OFFICIALS, Role
from app.sorting.inspections.models import Check
from tests.access.world import (
    agreements,
    assets,
    checking,
    households,
    mall,
    offices,
    shops,
    sorting,
    waste,
)
from tests.access.world.ground import ACCOUNT, PAYEE, Around, Distance, Ground, licence
from tests.given.factories import COUNTY, Given, Village

__all__ = ["ACCOUNT", "EVERYBODY", "PAYEE", "Around", "Distance", "World", "licence"]

OTHER_COUNTY = 990102
EVERYBODY: list[Role | None] = [None, *Role]
CHECKERS = (Role.LIAISON, Role.BOOTH_KEEPER, Role.COLLECTOR)
OF_THE_COUNTY = OFFICIALS - {Role.VILLAGE_ADMIN, Role.TOWN_ADMIN} | {
    Role.BANK,
    Role.OPERATOR,
    Role.SECURITY_ADMIN,
}


@dataclass(frozen=True)
class Caller:
    """Somebody who holds just one role near the own objects, or nobody at all."""

    role: Role | None
    client: FlaskClient
    user_id: UUID | None = None


class World:
    """The places, the objects and the people of the access tests."""

    def __init__(self, app, given: Given, clock) -> None:
        self._app, self._given, self._clock = app, given, clock
        self.home = given.village("本村")
        afar = given.village("外村")
        abroad = given.village("外县村", OTHER_COUNTY)
        self._around = {
            Distance.OWN: self._furnish(self.home, COUNTY),
            Distance.SAME_VILLAGE: self._furnish(self.home, COUNTY),
            Distance.OTHER_VILLAGE: self._furnish(afar, COUNTY),
            Distance.OTHER_COUNTY: self._furnish(abroad, OTHER_COUNTY),
        }
        self._callers = {
            (role, is_bound): self._caller(role, is_bound)
            for role in EVERYBODY
            for is_bound in (False, True)
            if is_bound or role is not Role.LIAISON
        }
        self._checks = {role: self._check_of(role) for role in CHECKERS}

    def caller(self, role: Role | None, *, is_bound: bool) -> Caller:
        """Who holds the role; ``is_bound``: and is a member of the own household."""
        return self._callers[role, is_bound or role is Role.LIAISON]

    def around(self, distance: Distance, role: Role | None) -> Around:
        """What a caller of the role finds at the distance."""
        found = vars(self._around[distance]) | {"role": role}
        if distance is Distance.OWN and role in self._checks:
            found["check_id"] = self._checks[role]
        return Around(**found)

    def assignment(self) -> tuple[TextClause, dict[str, UUID]]:
        """SQL that makes the liaison one. Whoever lives with a liaison may not judge everywhere, so
        that the others of the own household would be refused what is in the same village."""
        family = self._around[Distance.SAME_VILLAGE].family
        query = text("UPDATE households SET liaison_id = :liaison WHERE id = :household")
        return query, {"liaison": self._liaison_id, "household": family.id}

    def _furnish(self, village: Village, county_id: int) -> Around:
        ground = Ground(self._app, self._given, self._clock, village, county_id)
        around = Around(
            **sorting.furnish(ground),
            **households.furnish(ground),
            **assets.furnish(ground),
            **waste.furnish(ground),
            **checking.furnish(ground),
            **shops.furnish(ground),
            **agreements.furnish(ground),
        )
        return Around(
            **vars(around), **offices.furnish(ground, around), **mall.furnish(ground, around)
        )

    def _caller(self, role: Role | None, is_bound: bool) -> Caller:
        if role is None:
            return Caller(None, self._app.test_client())
        user_id = self._given.user()
        self._know_by_wechat(user_id)
        if role is Role.LIAISON:
            self._liaison_id = self._bind(user_id)
        elif role is Role.RESIDENT or is_bound:
            self._bind(user_id)
        if role not in {Role.VISITOR, Role.RESIDENT, Role.LIAISON}:
            self._given.grant(user_id, role, self._place(role))
        return Caller(role, self._given.signed_in(user_id), user_id)

    def _know_by_wechat(self, user_id: UUID) -> None:
        with self._app.app_context(), transaction():
            account = WechatAccount(
                appid=self._app.config["SETTINGS"].wechat_appid,
                openid=user_id.hex,
                user_id=user_id,
                created_at=self._clock(),
            )
            db.session.add(account)

    def _place(self, role: Role) -> UUID:
        own = self._around[Distance.OWN]
        if role in AT_A_SHOP:
            return UUID(own.shop_id)
        if role in AT_A_MERCHANT:
            return UUID(own.merchant_id)
        if role is Role.TOWN_ADMIN:
            return self.home.town_id
        return self.home.county_region_id if role in OF_THE_COUNTY else self.home.id

    def _bind(self, user_id: UUID) -> UUID:
        """Make the user a member of the own household; returns the member."""
        family, at = self._around[Distance.OWN].family, self._clock()
        with self._app.app_context(), transaction():
            member = Member(
                id=uuid7(at),
                county_id=COUNTY,
                household_id=family.id,
                name="王小红",
                is_head=False,
                is_party_member=True,
                created_at=at,
            )
            db.session.add(member)
            db.session.flush()
            db.session.add(
                Binding(
                    id=uuid7(at),
                    user_id=user_id,
                    household_id=family.id,
                    member_id=member.id,
                    method=BindingMethod.PHONE,
                    bound_at=at,
                )
            )
            return member.id

    def _check_of(self, role: Role) -> UUID:
        """A check that the caller of the role recorded: nobody can be made to have done so."""
        like_id = self._around[Distance.SAME_VILLAGE].check_id
        with self._app.app_context(), transaction():
            like = db.session.get_one(Check, (COUNTY, like_id))
            facts = {column.key: getattr(like, column.key) for column in Check.__table__.columns}
            check_id = uuid4()
            caller = self.caller(role, is_bound=True)
            mine = {"id": check_id, "checked_by": caller.user_id, "photo_id": None}
            db.session.add(Check(**facts | mine))
            return check_id

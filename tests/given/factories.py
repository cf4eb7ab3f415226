"""Makes what a test is given: places, people, points. Each call commits its own transaction."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from secrets import token_urlsafe
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from app.kernel import audit
from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest, vault
from app.points import awards, ledger
from app.register.households.models import Binding, BindingMethod, Household, Member
from app.register.identity.caller import Caller
from app.register.identity.models import RoleGrant, Session, User
from app.register.identity.roles import OFFICES, Grant, Role
from app.register.people import service as people
from app.register.regions.county_settings import Settings
from app.register.regions.models import County, Region, RegionKind
from tests.given.beginnings import step

COUNTY = 990101
_numbers = count(1)


@dataclass(frozen=True)
class Village:
    """A village with one group, and the regions above it."""

    id: UUID
    group_id: UUID
    town_id: UUID
    county_region_id: UUID


@dataclass(frozen=True)
class Family:
    """A household, its head, and the village it lives in."""

    id: UUID
    head_id: UUID
    village: Village


class Given:
    """The factory behind the ``given`` fixture."""

    def __init__(self, app: Flask, clock, *, is_traced: bool = False) -> None:
        """``is_traced``: what is written past the services leaves the events that they would."""
        self._app = app
        self._is_traced = is_traced
        self._clock = clock
        self._village: Village | None = None

    def forget(self) -> None:
        """Everything was removed: make a village anew for the next household."""
        self._village = None

    @contextmanager
    def _work(self):
        with self._app.app_context(), transaction():
            yield

    @step
    def county(self, county_id: int = COUNTY) -> UUID:
        """The county's root region, made at the first call with the default points policy."""
        with self._work():
            root = db.session.query(Region).filter_by(county_id=county_id, parent_id=None).first()
            if root is not None:
                return root.id
            db.session.add(County(id=county_id, name="示范县", created_at=self._clock()))
            db.session.flush()
            awards.open_policy(county_id=county_id, at=self._clock())
            return self._region(county_id, RegionKind.COUNTY, "示范县", None).id

    @step
    def setting(self, settings: Settings, **values) -> None:
        """Let the county choose this: ``given.setting(SETTINGS, photo_months=3)``."""
        self.county()
        with self._work():
            settings.change(county_id=COUNTY, actor_id=None, at=self._clock(), **values)

    @step
    def village(self, name: str | None = None, county_id: int = COUNTY) -> Village:
        """A new village in a new town, with one group."""
        county = self.county(county_id)
        n = next(_numbers)
        with self._work():
            root = db.session.get(Region, county)
            town = self._region(county_id, RegionKind.TOWN, f"{n}号镇", root)
            village = self._region(county_id, RegionKind.VILLAGE, name or f"{n}号村", town)
            group = self._region(county_id, RegionKind.GROUP, "一组", village)
            return Village(village.id, group.id, town.id, county)

    @step
    def household(
        self,
        *,
        village: Village | None = None,
        points: int = 0,
        head: str = "王小明",
        phone: str | None = None,
        liaison: "Family | None" = None,
        is_party: bool = False,
        door: str | None = None,
        county_id: int = COUNTY,
    ) -> Family:
        """A household of the roster; with ``points`` it has earned them this year."""
        if village is None:
            village = self._village = self._village or self.village(county_id=county_id)
        n = next(_numbers)
        at = self._clock()
        with self._work():
            home = Household(
                id=uuid7(at),
                county_id=county_id,
                village_id=village.id,
                group_id=village.group_id,
                door_number=door or f"{n}号",
                member_count=3,
                is_party_household=is_party,
                liaison_id=liaison.head_id if liaison else None,
                created_at=at,
            )
            db.session.add(home)
            db.session.flush()
            number = f"990101{1950 + n % 50}0101{n:04d}"
            index = vault().index(number, "id_number")
            known = people.enter(county_id=county_id, id_number_indexes=[index], at=at)
            person = Member(
                id=uuid7(at),
                county_id=county_id,
                household_id=home.id,
                person_id=known[index],
                name=head,
                id_number_sealed=vault().seal(number, "id_number"),
                id_number_index=index,
                phone_sealed=vault().seal(phone, "phone") if phone else None,
                phone_index=vault().index(phone, "phone") if phone else None,
                is_head=True,
                is_party_member=is_party,
                created_at=at,
            )
            db.session.add(person)
            family = Family(home.id, person.id, village)
        if points:
            self.points(family, points, county_id=county_id)
        return family

    @step
    def budget(self, village: Village, amount: int, county_id: int = COUNTY) -> None:
        """Money in custody, allotted to the village."""
        with self._work():
            for kind, debit, credit in (
                (ledger.TransferKind.FUNDING, ledger.custody(), ledger.reserve()),
                (
                    ledger.TransferKind.ALLOTMENT,
                    ledger.reserve(),
                    ledger.village_budget(village.id),
                ),
            ):
                ledger.post(
                    county_id=county_id,
                    reference=f"given:{next(_numbers)}",
                    decided_at=self._clock(),
                    kind=kind,
                    debit=debit,
                    credit=credit,
                    amount=amount,
                )

    @step
    def points(
        self,
        family: Family,
        amount: int,
        *,
        expires_on: date | None = date(2027, 3, 31),
        county_id: int = COUNTY,
    ) -> None:
        """Points that the household has earned."""
        self.budget(family.village, amount, county_id)
        with self._work():
            ledger.post(
                county_id=county_id,
                reference=f"given:{next(_numbers)}",
                decided_at=self._clock(),
                kind=ledger.TransferKind.AWARD,
                debit=ledger.village_budget(family.village.id),
                credit=ledger.household(family.id, expires_on),
                amount=amount,
            )

    @step
    def user(self, county_id: int = COUNTY) -> UUID:
        """Somebody who has signed in, and is nobody yet."""
        self.county(county_id)
        at = self._clock()
        with self._work():
            user = User(id=uuid7(at), county_id=county_id, is_blocked=False, created_at=at)
            db.session.add(user)
            return user.id

    @step
    def signed_in(self, user_id: UUID) -> FlaskClient:
        """A client that carries the user's token."""
        token, at = token_urlsafe(32), self._clock()
        with self._work():
            db.session.add(
                Session(
                    digest=token_digest(token),
                    user_id=user_id,
                    created_at=at,
                    expires_at=at.replace(year=at.year + 1),
                )
            )
        client = self._app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    def visitor(self, county_id: int = COUNTY) -> FlaskClient:
        """The client of somebody who is bound to no household."""
        return self.signed_in(self.user(county_id))

    @step
    def resident(
        self, family: Family, county_id: int = COUNTY, user_id: UUID | None = None
    ) -> FlaskClient:
        """The client of the household's head; ``user_id`` if they are somebody already."""
        user_id = user_id or self.user(county_id)
        at = self._clock()
        with self._work():
            head = db.session.get_one(Member, family.head_id)
            db.session.get_one(User, user_id).person_id = head.person_id
            db.session.add(
                Binding(
                    id=uuid7(at),
                    user_id=user_id,
                    household_id=family.id,
                    member_id=family.head_id,
                    method=BindingMethod.PHONE,
                    bound_at=at,
                )
            )
        return self.signed_in(user_id)

    @step
    def staff(
        self, role: Role, place_id: UUID, county_id: int = COUNTY, *, name: str | None = None
    ) -> FlaskClient:
        """The client of somebody who holds the role at a region, a shop or a merchant."""
        user_id = self.user(county_id)
        if name:
            with self._work():
                db.session.get_one(User, user_id).name = name
        self.grant(user_id, role, place_id)
        return self.signed_in(user_id)

    @step
    def grant(self, user_id: UUID, role: Role, place_id: UUID) -> None:
        """Write a grant past those who would have to agree; its holder is a person of their own."""
        at = self._clock()
        with self._work():
            user = db.session.get_one(User, user_id)
            if user.person_id is None and role in OFFICES:
                user.person_id = self._person(user.county_id)
            db.session.add(
                RoleGrant(
                    id=uuid7(at), user_id=user_id, role=role, place_id=place_id, granted_at=at
                )
            )
            if self._is_traced:
                audit.record(
                    "identity.grant_role",
                    county_id=user.county_id,
                    actor_id=None,
                    subject=("user", user_id),
                    at=at,
                    role=str(role),
                    place_id=str(place_id),
                )

    @step
    def phone(self, user_id: UUID, phone: str) -> UUID:
        """The user has proved this number, or was entered by it."""
        with self._work():
            user = db.session.get_one(User, user_id)
            user.phone_sealed = vault().seal(phone, "phone")
            user.phone_index = vault().index(phone, "phone")
        return user_id

    @step
    def person(self, user_id: UUID, id_number: str | None = None) -> None:
        """Somebody has seen who the user is: of this ID number, or of none that others have."""
        with self._work():
            user = db.session.get_one(User, user_id)
            user.person_id = self._person(user.county_id, id_number)

    def _person(self, county_id: int, id_number: str | None = None) -> UUID:
        number = id_number or f"99010119000101{next(_numbers):04d}"
        index = vault().index(number, "id_number")
        return people.enter(county_id=county_id, id_number_indexes=[index], at=self._clock())[index]

    def caller(self, role: Role, place_id: UUID, user_id: UUID | None = None) -> Caller:
        """Somebody with the role at a place, as services are told who calls them."""
        return Caller(user_id or self.user(), COUNTY, grants=(Grant(role, place_id),))

    def spendable(self, family: Family, county_id: int = COUNTY) -> int:
        """The points the household can spend now."""
        with self._app.app_context():
            return ledger.household_points(county_id, family.id, day=self._clock().date())

    def balance(self, account: ledger.Account, county_id: int = COUNTY) -> int:
        """What is free on an account."""
        with self._app.app_context():
            return ledger.balance(county_id, account).available

    @staticmethod
    def _region(county_id: int, kind: RegionKind, name: str, parent: Region | None) -> Region:
        from app.kernel import clock

        at = clock.now()
        region_id = uuid7(at)
        region = Region(
            id=region_id,
            county_id=county_id,
            parent_id=parent.id if parent else None,
            kind=kind,
            name=name,
            path=[*(parent.path if parent else []), region_id],
            created_at=at,
        )
        db.session.add(region)
        db.session.flush()
        return region

"""A shop with clerks who are signed in, and residents whose codes wait to be scanned."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import insert

from app.kernel.db import Model, db, transaction
from app.kernel.ids import uuid7
from app.kernel.secrets import token_digest, vault
from app.points import awards, ledger
from app.register.households.models import Binding, BindingMethod, Household, Member
from app.register.identity.models import RoleGrant, Session, User
from app.register.identity.roles import Role
from app.register.regions.models import County, Region, RegionKind
from mall.merchants.models import Merchant, MerchantState, Shop
from mall.redemption import codes
from mall.redemption.models import PayCode

CODE_HOURS = 6
POINTS_EACH = 1_000_000
_numbers = count(1)


@dataclass(frozen=True)
class Counter:
    """Whoever is needed to pay at a shop."""

    shop_id: UUID
    village_id: UUID
    household_ids: list[UUID]
    clerk_tokens: list[str]


def open_shop(county_id: int, *, clerks: int, households: int) -> Counter:
    """Enter a county with one village and one shop, in an application context.

    The households have points of the ledger, which must be funded for ``village_id`` before
    ``give_points``.
    """
    at = datetime.now(UTC)
    with transaction():
        db.session.add(County(id=county_id, name="示范县", created_at=at))
        db.session.flush()
        awards.open_policy(county_id=county_id, at=at)
        place: Region | None = None
        for kind in (RegionKind.COUNTY, RegionKind.TOWN, RegionKind.VILLAGE, RegionKind.GROUP):
            place = _region(county_id, kind, place, at)
        assert place is not None
        village_id, group_id = place.path[-2], place.id
        shop_id = _shop(county_id, village_id, at)
        homes = [uuid7(at) for _ in range(households)]
        _insert(Household, [_home(county_id, home, village_id, group_id, at) for home in homes])
        _insert(Member, [_head(county_id, home, at) for home in homes])
        tokens = [_clerk(county_id, shop_id, at) for _ in range(clerks)]
    return Counter(shop_id, village_id, homes, tokens)


def give_points(county_id: int, counter: Counter) -> None:
    """Award each household so much that it never runs out."""
    at = datetime.now(UTC)
    batch = [
        ledger.Award(f"bench:points:{home}", at, home, None, POINTS_EACH)
        for home in counter.household_ids
    ]
    with transaction():
        ledger.award_many(county_id=county_id, village_id=counter.village_id, awards=batch)


def issue_codes(county_id: int, counter: Counter, amount: int) -> list[str]:
    """Codes that wait to be scanned, one for a user each, and that outlast the measurement."""
    at = datetime.now(UTC)
    users = [uuid7(at) for _ in range(amount)]
    homes = [counter.household_ids[n % len(counter.household_ids)] for n in range(amount)]
    secrets = [codes.new_secret() for _ in range(amount)]
    with transaction():
        heads = dict(
            db.session.execute(
                db.select(Member.household_id, Member.id).where(Member.county_id == county_id)
            ).all()
        )
        _insert(User, [_user(county_id, user, at) for user in users])
        _insert(
            Binding,
            [
                {
                    "id": uuid7(at),
                    "user_id": user,
                    "household_id": home,
                    "member_id": heads[home],
                    "method": BindingMethod.PHONE,
                    "bound_at": at,
                }
                for user, home in zip(users, homes, strict=True)
            ],
        )
        _insert(
            PayCode,
            [
                {
                    "county_id": county_id,
                    "id": uuid7(at),
                    "digest": codes.qr_digest(county_id, secret.qr),
                    "digits_digest": codes.digits_digest(county_id, secret.qr),
                    "household_id": home,
                    "user_id": user,
                    "issued_at": at,
                    "expires_at": at + timedelta(hours=CODE_HOURS),
                }
                for user, home, secret in zip(users, homes, secrets, strict=True)
            ],
        )
    return [secret.qr for secret in secrets]


def _insert(model: type[Model], rows: list[dict[str, object]]) -> None:
    db.session.execute(insert(model), rows)


def _region(county_id: int, kind: RegionKind, parent: Region | None, at: datetime) -> Region:
    region_id = uuid7(at)
    region = Region(
        id=region_id,
        county_id=county_id,
        parent_id=parent.id if parent else None,
        kind=kind,
        name=f"示范{kind}",
        path=[*(parent.path if parent else []), region_id],
        created_at=at,
    )
    db.session.add(region)
    db.session.flush()
    return region


def _shop(county_id: int, village_id: UUID, at: datetime) -> UUID:
    owner, merchant_id, shop_id = uuid7(at), uuid7(at), uuid7(at)
    _insert(User, [_user(county_id, owner, at)])
    db.session.add(
        Merchant(
            id=merchant_id,
            county_id=county_id,
            name="示范商户",
            licence_number="91990101MA00000000",
            state=MerchantState.ACTIVE,
            payee_name="示范商户",
            payee_account_sealed=vault().seal("6228480000000000012", "payee_account"),
            payee_account_tail="0012",
            payee_bank="示范银行",
            payee_entered_by=owner,
            payee_entered_at=at,
            created_at=at,
        )
    )
    db.session.flush()
    db.session.add(
        Shop(
            id=shop_id,
            county_id=county_id,
            merchant_id=merchant_id,
            village_id=village_id,
            name="示范小店",
            address="一组",
            is_open=True,
            created_at=at,
        )
    )
    db.session.flush()
    return shop_id


def _clerk(county_id: int, shop_id: UUID, at: datetime) -> str:
    """A clerk of the shop; returns the token of their device."""
    user, token = uuid7(at), token_urlsafe(32)
    _insert(User, [_user(county_id, user, at)])
    db.session.add(
        RoleGrant(id=uuid7(at), user_id=user, role=Role.CLERK, place_id=shop_id, granted_at=at)
    )
    db.session.add(
        Session(
            digest=token_digest(token),
            user_id=user,
            created_at=at,
            expires_at=at + timedelta(days=365),
        )
    )
    return token


def _user(county_id: int, user_id: UUID, at: datetime) -> dict[str, object]:
    return {"id": user_id, "county_id": county_id, "is_blocked": False, "created_at": at}


def _home(
    county_id: int, home: UUID, village_id: UUID, group_id: UUID, at: datetime
) -> dict[str, object]:
    return {
        "id": home,
        "county_id": county_id,
        "village_id": village_id,
        "group_id": group_id,
        "door_number": f"{next(_numbers)}号",
        "member_count": 3,
        "is_party_household": False,
        "created_at": at,
    }


def _head(county_id: int, home: UUID, at: datetime) -> dict[str, object]:
    number = f"9901011960010{next(_numbers):05d}"
    return {
        "id": uuid7(at),
        "county_id": county_id,
        "household_id": home,
        "name": "王小明",
        "id_number_sealed": vault().seal(number, "id_number"),
        "id_number_index": vault().index(number, "id_number"),
        "is_head": True,
        "is_party_member": False,
        "created_at": at,
    }

"""Two counties, and in them one object of each kind at four distances from whoever calls."""

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import count
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from app import notices
from app.households.models import Binding, BindingMethod, Household, Member
from app.identity.models import WechatAccount
from app.identity.roles import AT_A_MERCHANT, AT_A_SHOP, OFFICIALS, Role
from app.kernel.db import db, transaction
from app.kernel.ids import uuid7
from app.ledger import AccountKind, TransferKind, history
from app.messages import service as messages
from app.sorting import jobs as sorting
from mall.risk import RiskFlag, RiskReason, RiskState
from tests import pictures
from tests.factories import COUNTY, Family, Given, Village
from tests.uploads import upload

OTHER_COUNTY = 990102
ACCOUNT = "6228480000000000012"
EVERYBODY: list[Role | None] = [None, *Role]
VOUCHER = {
    "name": "购物券",
    "value": "抵 1 分",
    "market_price_fen": 1,
    "points_price": 1,
    "last_on": "2026-12-31",
}
_numbers = count(1)


class Distance(StrEnum):
    """Whose an object is, seen from the caller."""

    OWN = "own"  # of the caller's household, shop or merchant; staff: of their own household
    SAME_VILLAGE = "same village"
    OTHER_VILLAGE = "other village"  # of another town in the same county
    OTHER_COUNTY = "other county"


@dataclass(frozen=True)
class Around:
    """What exists at one distance."""

    county_id: int
    village: Village
    family: Family
    resident_id: UUID
    binding_id: UUID
    self_check_id: str  # waits for a verdict
    photo_id: str
    judged_id: str  # a self-check that was approved
    award_id: str
    merchant_id: str
    shop_id: str
    clerk_id: str
    grant_id: str  # of a collector in the village
    pay_code: str
    redemption_id: str
    transfer_id: str  # of that redemption
    reversal_id: str  # of that redemption, proposed by somebody else
    cash_out_id: str
    allotment_id: str
    flag_id: UUID  # on the shop
    notice_id: UUID  # to the household; no message reached it
    platform_id: str  # whose shop it is, and its
    kind_id: str  # of voucher, of which some are left
    batch_id: str
    voucher_id: str  # that the household bought
    claim_id: str  # of another such voucher, open
    proposed_id: str  # a claim with a proposal of somebody else


class World:
    """The places, the objects and the people of the access tests."""

    def __init__(self, app, given: Given, clock) -> None:
        self._app, self._given, self._clock = app, given, clock
        self.home = given.village("本村")
        afar = given.village("外村")
        abroad = given.village("外县村", OTHER_COUNTY)
        self.around = {
            Distance.OWN: self._furnish(self.home, COUNTY),
            Distance.SAME_VILLAGE: self._furnish(self.home, COUNTY),
            Distance.OTHER_VILLAGE: self._furnish(afar, COUNTY),
            Distance.OTHER_COUNTY: self._furnish(abroad, OTHER_COUNTY),
        }
        # Somebody who holds just one role near the own objects, and the same as a member of the own
        # household; nobody at all without a role.
        self.callers = {
            (role, is_bound): self._caller(role, is_bound)
            for role in EVERYBODY
            for is_bound in (False, True)
        }

    def _caller(self, role: Role | None, is_bound: bool) -> FlaskClient:
        if role is None:
            return self._app.test_client()
        user_id = self._given.user()
        self._know_by_wechat(user_id)
        if role is Role.LIAISON:
            member = self._bind(user_id)
            self._assign(self.around[Distance.SAME_VILLAGE], member)
        elif role is Role.RESIDENT or is_bound:
            self._bind(user_id)
        if role not in {Role.VISITOR, Role.RESIDENT, Role.LIAISON}:
            self._given.grant(user_id, role, UUID(str(self._place(role))))
        return self._given.signed_in(user_id)

    def _know_by_wechat(self, user_id: UUID) -> None:
        with self._app.app_context(), transaction():
            account = WechatAccount(
                appid=self._app.config["SETTINGS"].wechat_appid,
                openid=user_id.hex,
                user_id=user_id,
                created_at=self._clock(),
            )
            db.session.add(account)

    def _place(self, role: Role) -> object:
        own = self.around[Distance.OWN]
        if role in AT_A_SHOP:
            return own.shop_id
        if role in AT_A_MERCHANT:
            return own.merchant_id
        if role is Role.TOWN_ADMIN:
            return self.home.town_id
        if role in OFFICIALS - {Role.VILLAGE_ADMIN} or role in {Role.BANK, Role.OPERATOR}:
            return self.home.county_region_id
        return self.home.id

    def _bind(self, user_id: UUID) -> UUID:
        """Make the user a member of the own household; returns the member."""
        family, at = self.around[Distance.OWN].family, self._clock()
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

    def _assign(self, around: Around, liaison_id: UUID) -> None:
        with self._app.app_context(), transaction():
            db.session.get_one(Household, around.family.id).liaison_id = liaison_id

    def _furnish(self, village: Village, county_id: int) -> Around:
        given = self._given
        family = given.household(village=village, points=1_000, county_id=county_id)
        given.budget(village, 1_000, county_id)
        resident_id = given.user(county_id)
        resident = given.resident(family, county_id, resident_id)
        county = village.county_region_id
        admin = given.staff(Role.COUNTY_ADMIN, county, county_id)
        another = given.staff(Role.COUNTY_ADMIN, county, county_id)
        finance = given.staff(Role.FINANCE, county, county_id)
        waiting, judged = (self._self_check(resident, county_id) for _ in range(2))
        reviewer = given.staff(Role.REVIEWER, county, county_id)
        sent(reviewer, f"self-checks/{judged['id']}/review", {"verdict": "approve"})
        shop = self._shop(admin, another, village)
        code = sent(resident, "pay-codes")["code"]
        owner = given.staff(Role.MERCHANT, UUID(shop["merchant_id"]), county_id)
        redemption = sent(owner, "redemptions", {"code": code, "points": 100})
        reversal = {
            "subject": "redemption",
            "subject_id": redemption["id"],
            "reason": "店里没有货了",
        }
        allotment = {"village_id": str(village.id), "amount_fen": 10}
        clerk = {"phone": f"1990000{next(_numbers):04d}", "name": "店员"}
        collector = {
            "phone": f"1990000{next(_numbers):04d}",
            "name": "收集员",
            "role": "collector",
            "place_id": str(village.id),
        }
        return Around(
            county_id=county_id,
            village=village,
            family=family,
            resident_id=resident_id,
            binding_id=self._binding(resident_id),
            self_check_id=waiting["id"],
            photo_id=waiting["photo_id"],
            judged_id=judged["id"],
            award_id=resident.get("/api/v1/awards").json["items"][0]["id"],
            merchant_id=shop["merchant_id"],
            shop_id=shop["id"],
            clerk_id=sent(admin, f"shops/{shop['id']}/clerks", clerk)["user_id"],
            grant_id=sent(admin, "role-grants", collector)["id"],
            pay_code=sent(resident, "pay-codes")["code"],
            redemption_id=redemption["id"],
            transfer_id=self._redemption_transfer(county_id, family),
            reversal_id=sent(admin, "reversals", reversal)["id"],
            cash_out_id=sent(owner, "cash-outs", {"amount_fen": 30})["id"],
            allotment_id=sent(finance, "allotments", allotment)["id"],
            flag_id=self._flag(county_id, shop["id"]),
            notice_id=self._notice(county_id, family),
            **self._vouchers(admin, resident, shop["id"]),
        )

    def _self_check(self, resident: FlaskClient, county_id: int) -> dict[str, str]:
        """A photo that nobody sent before, screened."""
        photo = pictures.photo(5_000 + next(_numbers))
        answer = upload(resident, "/api/v1/self-checks", photo)
        assert answer.status_code == 201, answer.json
        with self._app.app_context():
            sorting.screen(str(county_id), answer.json["id"])
        return answer.json

    def _shop(self, admin: FlaskClient, another: FlaskClient, village: Village) -> dict[str, str]:
        """A shop in the village, of a merchant whose account is verified."""
        n = next(_numbers)
        body = {
            "name": f"{n}号商户",
            "licence_number": f"91990101MA{n:08d}",
            "payee_name": "李家小卖部",
            "payee_account": ACCOUNT,
            "payee_bank": "分分县农村信用社",
        }
        merchant = sent(admin, "merchants", body)["id"]
        sent(another, f"merchants/{merchant}/payee/verification", {"payee_account": ACCOUNT})
        shop = {"merchant_id": merchant, "village_id": str(village.id), "name": f"{n}号店"}
        return sent(admin, "shops", shop | {"address": "村口"})

    def _vouchers(self, admin: FlaskClient, resident: FlaskClient, shop_id: str) -> dict[str, str]:
        """A platform at the shop, a kind of voucher, and three that the household bought."""
        made_mall = admin.put(f"/api/v1/shops/{shop_id}/kind", json={"kind": "mall"})
        assert made_mall.status_code == 200, made_mall.json
        platform = {"shop_id": shop_id, "name": f"{next(_numbers)}号平台"}
        platform_id = sent(admin, "vouchers/platforms", platform)["id"]
        kind_id = sent(admin, "vouchers/kinds", VOUCHER | {"platform_id": platform_id})["id"]
        lines = "".join(f"\nCODE{shop_id[-6:]}{n}" for n in range(6))
        batch = admin.post(
            f"/api/v1/vouchers/kinds/{kind_id}/batches",
            data={"file": (BytesIO(f"券码{lines}".encode()), "codes.csv")},
            headers={"Idempotency-Key": uuid4().hex},
        )
        assert batch.status_code == 200, batch.json
        purchase = {"kind_id": kind_id, "points": 1}
        bought = [sent(resident, "vouchers/purchases", purchase)["id"] for _ in range(3)]
        claims = []
        for one in bought[1:]:
            sent(resident, f"vouchers/purchases/{one}/claim", {"reason": "用不了"})
            open_ones = admin.get("/api/v1/vouchers/claims?limit=100").json["items"]
            claims += [claim["id"] for claim in open_ones if claim["purchase_id"] == one]
        sent(admin, f"vouchers/claims/{claims[1]}/proposal", {"outcome": "refused", "note": "没坏"})
        return {
            "platform_id": platform_id,
            "kind_id": kind_id,
            "batch_id": batch.json["batch_id"],
            "voucher_id": bought[0],
            "claim_id": claims[0],
            "proposed_id": claims[1],
        }

    def _binding(self, user_id: UUID) -> UUID:
        with self._app.app_context():
            return db.session.scalars(select(Binding.id).where(Binding.user_id == user_id)).one()

    def _flag(self, county_id: int, shop_id: str) -> UUID:
        at = self._clock()
        with self._app.app_context(), transaction():
            flag = RiskFlag(
                county_id=county_id,
                id=uuid7(at),
                shop_id=UUID(shop_id),
                reason=RiskReason.MANY_VOIDS,
                figures={"count": 20, "voids": 5},
                state=RiskState.OPEN,
                raised_at=at,
                seen_at=at,
            )
            db.session.add(flag)
            return flag.id

    def _notice(self, county_id: int, family: Family) -> UUID:
        expiring = {"points": 1, "expires_on": "2027-03-31", "days_left": 30}
        addressee = notices.ToHousehold(family.id, "access", expiring)
        with self._app.app_context(), transaction():
            at, kind = self._clock(), notices.NoticeKind.POINTS_EXPIRE
            notices.tell(kind, [addressee], county_id=county_id, at=at)
            named = select(notices.Notice.id).where(
                notices.Notice.household_id == family.id, notices.Notice.topic == "access"
            )
            notice_id = db.session.scalars(named).one()
            messages.record(
                county_id=county_id, notice_id=notice_id, state=notices.NoticeState.ON_BOARD
            )
            return notice_id

    def _redemption_transfer(self, county_id: int, family: Family) -> str:
        with self._app.app_context():
            entries = history(county_id, kind=AccountKind.HOUSEHOLD, owner=family.id, limit=20)
            return next(str(e.id) for e in entries if e.kind is TransferKind.REDEMPTION)


def sent(client: FlaskClient, path: str, body: object = None) -> dict[str, str]:
    """What a POST that must succeed answered."""
    headers = {"Idempotency-Key": uuid4().hex}
    answer = client.post(f"/api/v1/{path}", json=body, headers=headers)
    assert answer.status_code in {200, 201, 204}, (path, answer.json)
    return answer.json

"""A platform with kinds and codes, its county's two administrators, and those who buy."""

from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from itertools import count
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.agreements.proposals.jobs import begin_coming
from app.kernel.db import db, transaction
from app.points import ledger
from app.register.identity.roles import Role
from mall.merchants import shops
from mall.merchants.models import ShopKind
from mall.vouchers import kinds
from mall.vouchers.models import VoucherCode
from tests.given.factories import COUNTY, Family
from tests.given.http import post
from tests.given.proposals import agree
from tests.given.shops import Counter

_numbers = count(1)
LAST_ON = "2026-12-31"


def codes(many: int) -> list[str]:
    """Codes that nobody had before."""
    return [f"CARD-{next(_numbers):08d}" for _ in range(many)]


def csv_of(rows, headings=("券码", "最后可用日"), encoding="utf-8-sig") -> bytes:
    lines = [",".join(headings), *(",".join(str(cell) for cell in row) for row in rows)]
    return "\r\n".join(lines).encode(encoding)


def xlsx_of(rows, headings=("券码", "最后可用日"), change=None) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "券码"
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass
class Desk:
    """The platform's office, and what buyers do."""

    app: object
    given: object
    noon: object
    counter: Counter  # whose shop is the platform's
    admin: FlaskClient
    checker: FlaskClient
    importer: FlaskClient  # who imports codes judges no claim about them
    platform_id: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)  # the codes imported, by kind

    def enter_platform(self, counter: Counter | None = None, name: str = "示范连锁超市"):
        body = {"shop_id": str((counter or self.counter).shop_id), "name": name}
        return self.admin.post("/api/v1/vouchers/platforms", json=body)

    def enter_kind(self, client: FlaskClient | None = None, **facts):
        body = {
            "platform_id": self.platform_id,
            "name": f"{next(_numbers)}号购物券",
            "value": "满 20 元可抵 20 元",
            "market_price_fen": 2_000,
            "points_price": 1_800,
            "last_on": LAST_ON,
            **facts,
        }
        return (client or self.admin).post("/api/v1/vouchers/kinds", json=body)

    def kind(self, many: int = 0, platform_id: str | None = None, **facts) -> str:
        """A kind with this many codes, past who would have to agree; returns its id."""
        self.noon.move(seconds=1)  # ids of one instant have no order
        named = {
            "name": f"{next(_numbers)}号购物券",
            "value": "满 20 元可抵 20 元",
            "market_price_fen": 2_000,
            "points_price": 1_800,
            "last_on": LAST_ON,
            **facts,
        }
        named["last_on"] = date.fromisoformat(named["last_on"])
        named["buyer_region_ids"] = tuple(UUID(str(r)) for r in named.get("buyer_region_ids", ()))
        with self.app.app_context(), transaction():
            kind_id = kinds.enter_kind(
                county_id=COUNTY,
                platform_id=UUID(platform_id or self.platform_id),
                facts=kinds.Facts(**named),
                entered_by=self.given.user(),
                at=self.noon(),
            ).id
        if many:
            self.stock(str(kind_id), many)
        return str(kind_id)

    def change_kind(self, kind_id: str, client: FlaskClient | None = None, **facts):
        return (client or self.admin).put(f"/api/v1/vouchers/kinds/{kind_id}", json=facts)

    def withdraw(self, kind_id: str, client: FlaskClient | None = None):
        return (client or self.admin).post(f"/api/v1/vouchers/kinds/{kind_id}/withdrawal")

    def withdrawn(self, kind_id: str) -> None:
        """Nobody buys of the kind any more, as the two administrators agreed."""
        proposed = self.withdraw(kind_id)
        assert proposed.status_code == 202, proposed.json
        assert agree(self.checker, proposed.json["id"]).status_code == 200

    def begin(self) -> None:
        """What was agreed and is due begins."""
        with self.app.app_context():
            begin_coming()

    def stock(self, kind_id: str, many: int, last_on: str = "") -> list[str]:
        new = codes(many)
        content = csv_of([(text, last_on) for text in new])
        answer = self.send(kind_id, content, client=self.importer)
        assert answer.status_code == 200, answer.json
        assert agree(self.checker, answer.json["proposal_id"]).status_code == 200
        self.texts.setdefault(kind_id, []).extend(new)
        return new

    def send(self, kind_id: str, content: bytes, client=None, key=None, **form):
        return (client or self.admin).post(
            f"/api/v1/vouchers/kinds/{kind_id}/batches",
            data={"file": FileStorage(BytesIO(content), filename="codes"), **form},
            headers={"Idempotency-Key": key or uuid4().hex},
        )

    def dry_run(self, kind_id: str, content: bytes):
        return self.send(kind_id, content, dry_run="true")

    def buy(self, phone: FlaskClient, kind_id: str, points: int = 1_800, key: str | None = None):
        return post(phone, "vouchers/purchases", {"kind_id": kind_id, "points": points}, key=key)

    def bought(self, phone: FlaskClient, kind_id: str, points: int = 1_800) -> str:
        self.noon.move(seconds=1)
        answer = self.buy(phone, kind_id, points)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def view(self, phone: FlaskClient, purchase_id: str):
        return phone.post(f"/api/v1/vouchers/purchases/{purchase_id}/viewings")

    def claim(self, phone: FlaskClient, purchase_id: str, reason: str = "收银台说券码无效"):
        return post(phone, f"vouchers/purchases/{purchase_id}/claim", {"reason": reason})

    def claim_id(self) -> str:
        return self.admin.get("/api/v1/vouchers/claims").json["items"][0]["id"]

    def propose(self, claim_id: str, outcome: str, client=None, note: str = "平台核对过了"):
        body = {"outcome": outcome, "note": note}
        return post(client or self.admin, f"vouchers/claims/{claim_id}/proposal", body)

    def digest(self, claim_id: str) -> str:
        """Of what is proposed for the claim now."""
        claims = self.admin.get("/api/v1/vouchers/claims").json["items"]
        return next(claim["digest"] for claim in claims if claim["id"] == claim_id)

    def confirm(self, claim_id: str, client=None, digest: str | None = None):
        """A confirmation of what is proposed now, or of what was read when it had the digest."""
        body = {"digest": digest or self.digest(claim_id)}
        return post(client or self.checker, f"vouchers/claims/{claim_id}/confirmation", body)

    def judged(self, phone: FlaskClient, purchase_id: str, outcome: str):
        """The answer of the second person to a claim of the purchase."""
        assert self.claim(phone, purchase_id).status_code == 201
        claim_id = self.claim_id()
        assert self.propose(claim_id, outcome).status_code == 200
        return self.confirm(claim_id)

    def states(self, kind_id: str) -> dict[str, int]:
        """How many codes of the kind are in which state."""
        with self.app.app_context():
            found = db.session.scalars(
                select(VoucherCode.state).where(VoucherCode.kind_id == UUID(kind_id))
            ).all()
        return {state.value: found.count(state) for state in set(found)}

    def stock_row(self, kind_id: str, client: FlaskClient | None = None) -> dict:
        items = (client or self.admin).get("/api/v1/vouchers/stock").json["items"]
        return next(item for item in items if item["id"] == kind_id)

    def takings(self) -> int:
        return self.given.balance(ledger.shop(self.counter.shop_id))

    def family(self, points: int = 10_000) -> Family:
        return self.given.household(points=points)


@pytest.fixture
def desk(app, given, mall, noon) -> Desk:
    counter = mall.counter()
    make_mall(app, given, counter, noon)
    county = given.county()
    made = Desk(
        app,
        given,
        noon,
        counter,
        *(given.staff(Role.COUNTY_ADMIN, county) for _ in range(3)),
    )
    entered = made.enter_platform()
    assert entered.status_code == 201, entered.json
    made.platform_id = entered.json["id"]
    return made


def make_mall(app, given, counter: Counter, noon) -> None:
    by = given.user()
    with app.app_context(), transaction():
        shops.set_kind(
            county_id=COUNTY, shop_id=counter.shop_id, kind=ShopKind.MALL, by=by, at=noon()
        )

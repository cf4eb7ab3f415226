"""What the demo county holds, entered through the product's own services, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from app.config import Settings
from app.kernel import clock
from app.kernel.clock import day_of, day_text
from app.kernel.db import db, transaction
from app.points import awards
from app.points.means.rosters import import_roster
from app.register.households.models import Binding
from app.register.households.service import bind_by_phone
from app.register.identity import grants
from app.register.identity import service as identity
from app.register.identity.named import caller_named
from app.register.regions import queries as regions
from app.register.regions import service as places
from app.register.regions.models import County, Region
from mall.campaigns import funding
from mall.campaigns import service as campaigns
from mall.campaigns.models import Direction
from mall.merchants import service as merchants
from mall.merchants import staff
from mall.merchants.models import ShopKind
from mall.merchants.service import Payee
from mall.settlement import queries as settlement_queries
from mall.settlement import service as settlement
from mall.settlement.settings import SETTINGS as CASH_OUT_SETTINGS
from operations.factory import create_app
from sandbox import demo_shelves, demo_vouchers, people
from sandbox.bank import statement_csv
from sandbox.bank_books import Books
from sandbox.past.hours import Hours
from sandbox.past.months import ACTIVE, EVENTFUL, MONDAY, Months
from sandbox.past.stories import Stories
from sandbox.past.world import MONTHS, NIGHTLY, SOON, begun
from sandbox.people import COUNTY_ID, UNFINISHED, Someone

DEPOSIT_FEN = 10_000_000
BUDGET_FEN = 30_000
RELEASE_LIMIT_FEN = 100
CAMPAIGN_FEN = 50_000
CAMPAIGN_DAY_LIMIT_FEN = 2_000
WEEKS = 8  # of the past
CAMPAIGN_LASTS = timedelta(days=30)


@dataclass
class DemoCounty:
    """What is entered, step by step; each step needs those before it."""

    settings: Settings
    at: datetime
    books: Books
    users: dict[str, UUID] = field(default_factory=dict)  # by phone
    bindings: dict[str, Binding] = field(default_factory=dict)

    def steps(self) -> tuple[Callable[[], None], ...]:
        return (
            self.enter_places,
            self.import_households,
            self.enter_staff,
            self.bind_residents,
            self.fund_villages,
            self.open_shop,
            self.stock_shelves,
            self.sell_vouchers,
        )

    def enter_places(self) -> None:
        """区县、镇、村"""
        root = places.create_county(county_id=COUNTY_ID, name=people.COUNTY_NAME, at=self.at)
        CASH_OUT_SETTINGS.change(
            county_id=COUNTY_ID,
            actor_id=None,
            at=self.at,
            auto_release_limit_fen=RELEASE_LIMIT_FEN,
        )
        awards.open_policy(county_id=COUNTY_ID, at=self.at)
        for place in people.places():
            town = regions.child(root.id, place.town) or self._region(root.id, place.town)
            self._region(town.id, place.village)

    def enter_staff(self) -> None:
        """工作人员"""
        for someone in (*people.STAFF, *people.WORKERS):
            user = identity.enrol_staff(
                county_id=COUNTY_ID,
                phone=someone.phone,
                name=someone.name,
                actor_id=None,
                at=self.at,
            )
            identity.identify(
                user_id=user.id, id_number=people.id_number(someone), by=None, at=self.at
            )
            grants.record_grant(
                county_id=COUNTY_ID,
                user_id=user.id,
                role=someone.role,
                place_id=self._area(someone),
                actor_id=None,
                at=self.at,
            )
            self.users[someone.phone] = user.id

    def import_households(self) -> None:
        """花名册"""
        with people.ROSTER.open("rb") as file:
            import_roster(file, county_id=COUNTY_ID, by=None, is_dry_run=False, at=self.at)

    def bind_residents(self) -> None:
        """居民绑定"""
        for someone in people.BOUND:
            signed_in = self._sign_in(someone)
            bound = bind_by_phone(
                user_id=signed_in, county_id=COUNTY_ID, phone=someone.phone, at=self.at
            )
            assert bound.binding is not None
            self.users[someone.phone] = bound.user_id
            self.bindings[someone.phone] = bound.binding
        for someone in (*people.STAFF, *people.WORKERS):
            self._prove(someone)

    def fund_villages(self) -> None:
        """资金到账、村预算"""
        (imported,) = settlement.import_file(
            county_id=COUNTY_ID, content=self._statement(), imported_by=None, at=self.at
        )
        db.session.flush()
        for entry_id in settlement_queries.waiting_entries(COUNTY_ID, imported.statement.id):
            settlement.book_entry(county_id=COUNTY_ID, entry_id=entry_id, at=self.at)
        maker, checker = (p for p in people.STAFF if p.title.startswith("财政"))
        everywhere = [self._area(maker)]
        for village in regions.villages(everywhere):
            proposed = settlement.propose_allotment(
                county_id=COUNTY_ID,
                village_id=village.id,
                within=everywhere,
                amount_fen=BUDGET_FEN,
                proposed_by=self.users[maker.phone],
                at=self.at,
            )
            db.session.flush()
            settlement.approve_allotment(
                county_id=COUNTY_ID,
                allotment_id=proposed.id,
                within=everywhere,
                approved_by=self.users[checker.phone],
                at=self.at,
            )

    def open_shop(self) -> None:
        """商户、商店"""
        maker, checker = (self.users[someone.phone] for someone in people.STAFF[:2])
        account = people.PAYEE["payee_account"]
        merchant = merchants.register_merchant(
            county_id=COUNTY_ID,
            name=people.MERCHANT.name,
            licence_number="92990101MA0000000Q",
            payee=Payee(people.PAYEE["payee_name"], account, people.PAYEE["payee_bank"]),
            registered_by=maker,
            at=self.at,
        )
        db.session.flush()
        merchants.verify_payee(
            county_id=COUNTY_ID,
            merchant_id=merchant.id,
            account=account,
            verified_by=checker,
            at=self.at,
        )
        shop = merchants.open_shop(
            county_id=COUNTY_ID,
            merchant_id=merchant.id,
            village_id=self._area(people.CLERK),
            name=people.SHOP,
            address="前进村一组 1 号",
            opened_by=maker,
            at=self.at,
        )
        db.session.flush()
        named: dict[str, Any] = {"county_id": COUNTY_ID, "by": maker, "at": self.at}
        owner, clerk = people.MERCHANT, people.CLERK
        staff.name_owner(merchant_id=merchant.id, phone=owner.phone, name=owner.name, **named)
        staff.name_clerk(shop_id=shop.id, phone=clerk.phone, name=clerk.name, **named)
        for someone in (owner, clerk):
            self._prove(someone)

    def run_campaign(self) -> None:
        """五折日活动"""
        titles = ("财政经办", "县级管理员")  # finance proposes, an administrator agrees
        maker, checker = (
            next(self.users[p.phone] for p in people.STAFF if p.title == title) for title in titles
        )
        named: dict[str, Any] = {"county_id": COUNTY_ID, "at": self.at}
        funder = funding.enter_funder(name=people.FUNDER, entered_by=maker, **named)
        proposed = funding.propose_funding(
            funder_id=funder.id,
            direction=Direction.FUNDING,
            amount_fen=CAMPAIGN_FEN,
            proposed_by=maker,
            **named,
        )
        today = day_of(self.at)
        made = campaigns.make(
            terms=campaigns.Terms(
                name="五折日",
                percent=50,
                first_on=today,
                last_on=today + CAMPAIGN_LASTS,
                funder_id=funder.id,
                region_id=self._area(people.STAFF[0]),
                day_limit_fen=CAMPAIGN_DAY_LIMIT_FEN,
            ),
            made_by=maker,
            **named,
        )
        db.session.flush()
        funding.approve_funding(funding_id=proposed.id, approved_by=checker, **named)
        campaigns.approve(campaign_id=made.id, approved_by=checker, **named)

    def stock_shelves(self) -> None:
        """商品上架"""
        maker, checker = (self.users[someone.phone] for someone in people.STAFF[:2])
        village_id = self._area(people.RESIDENTS[2])
        for name, licence_number, account, shop, kind in people.OTHER_SHOPS:
            place = demo_shelves.Place(
                name, licence_number, account, shop, village_id, ShopKind(kind)
            )
            demo_shelves.open_shop(COUNTY_ID, place, maker=maker, checker=checker, at=self.at)
        demo_shelves.stock_all(COUNTY_ID, by=maker, at=self.at)

    def sell_vouchers(self) -> None:
        """平台券"""
        one, other = (caller_named(COUNTY_ID, someone.phone) for someone in people.STAFF[:2])
        demo_vouchers.sell(COUNTY_ID, by=one, second=other, at=self.at)

    def _region(self, parent_id: UUID, name: str) -> Region:
        return places.add_region(
            county_id=COUNTY_ID, parent_id=parent_id, name=name, actor_id=None, at=self.at
        )

    def _area(self, someone: Someone) -> UUID:
        names = [name for name in someone.area.split("/") if name]
        found = regions.by_path(COUNTY_ID, names)
        assert found is not None
        return found.id

    def _sign_in(self, someone: Someone) -> UUID:
        signed_in = identity.sign_in(
            appid=self.settings.wechat_appid,
            openid=someone.openid,
            county_id=COUNTY_ID,
            at=self.at,
        )
        db.session.flush()
        return signed_in.user_id

    def _prove(self, someone: Someone) -> None:
        signed_in = self._sign_in(someone)
        identity.prove_phone(user_id=signed_in, phone=someone.phone, at=self.at)
        db.session.flush()

    def _statement(self) -> bytes:
        """Bring the county's money to the stand-in bank; returns today's statement of it."""
        if self.books.balance_fen() == 0:
            self.books.deposit(
                DEPOSIT_FEN,
                name="示范县财政局",
                account="9901010100000026",
                purpose="垃圾分类奖补资金",
            )
        today = day_of(self.at)
        day = self.books.day(today)
        assert day is not None
        return statement_csv(today, *day).encode("gb18030")

    def enter(self) -> None:
        """All of it, or nothing."""
        with transaction():
            for step in self.steps():
                step()
                db.session.flush()


def make(settings: Settings, *, now: datetime, weeks: int) -> None:
    """Make the county and live some weeks until now, with a line for each.

    Raises:
        PastBroken: the product refused something; what came before it stays.
    """
    # Whoever looks at four in the morning finds the day before as the last that is over.
    today = day_of(now - timedelta(hours=4))
    first = today - timedelta(days=today.weekday() + 7 * weeks)
    hours = Hours(datetime.combine(first, time(9), clock.CALENDAR))
    with begun(settings, hours) as world:
        world.run(MONTHS)
        county = DemoCounty(world.app.config["SETTINGS"], hours.at, world.books)
        with world.app.app_context():
            county.enter()
        months = Months(world)
        stories = Stories(world, months)
        months.begin()
        world.sleep()
        for day in (first + timedelta(days=ahead) for ahead in range(1, (today - first).days)):
            if day == first + timedelta(days=1):
                months.fetch_statement(first)
                months.prepay()
            if day.weekday() == MONDAY:
                click.echo(f"  {day_text(day)}")
            if day.weekday() in ACTIVE:
                months.live(day)
                if day.weekday() in EVENTFUL:
                    stories.tell_next()
                months.sign()
                world.sleep()
        hours.at = max(hours.at, now - timedelta(minutes=50))
        county.at = hours.at
        with world.app.app_context(), transaction():
            county.run_campaign()
        months.fetch_statements(today)
        months.tick()
        stories.leave_work()
        hours.at = now
        world.run(*SOON, *NIGHTLY)


def enter_if_empty(settings: Settings) -> None:
    """Enter the demo county into an empty database; leave any other as it is.

    Raises:
        PastBroken: as ``make`` does.
    """
    with create_app(settings).app_context():
        if db.session.scalar(select(County.id).limit(1)) is not None:
            return
    unfinished = settings.home_path / UNFINISHED
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    make(settings, now=clock.now(), weeks=WEEKS)
    unfinished.unlink()

"""What happened in the months before today, week by week."""

import random
from datetime import date, timedelta
from typing import Any

from sandbox import people
from sandbox.past.drawings import drawing
from sandbox.past.phone import Phone
from sandbox.past.world import NOTICES, SOON, World
from sandbox.people import Someone

RECYCLER = "示范县再生资源公司"
RECYCLERS_OWNER = {"owner_phone": "19900000891", "owner_name": "贺再生"}
PREPAID_FEN = 200_000
MONDAY, WEDNESDAY, THURSDAY, FRIDAY = 0, 2, 3, 4
ACTIVE = (MONDAY, WEDNESDAY, THURSDAY, FRIDAY)
EVENTFUL = (MONDAY, THURSDAY)  # when something happens that happens once
SENDERS = 4  # households that photograph their sorting on a Thursday
KEEN = 8  # of those with a phone, how many take part often
GRADES = "aaaaabbc"
REASONS = ("wrong_kind", "unreadable", "not_sorting")
THINGS = (("paper", "4.2"), ("plastic", "2.6"), ("metal", "1.5"), ("paper", "5.8"))
PRICES = (300, 200, 60)  # of what is sold at the counter, the dearest first


class Months:
    """The county's life until yesterday. Chances are drawn alike whenever it is made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = random.Random(2018)
        self._drawn = 0
        self._booked = {world.hours.day}  # days whose statement the county has
        self._homes: dict[str, str] = {}  # households by the phone of who lives there

    # The offices ------------------------------------------------------------------------------

    def begin(self) -> None:
        """规则、回收企业、审核的规定"""
        world, hours = self._world, self._world.hours
        admin, second = self.who("县级管理员"), self.who("县级管理员（复核）")
        hours.go_to(hours.day, 10)
        draft = self.who("运营").post(
            "policy-drafts",
            {
                "in_force_from": (hours.day + timedelta(days=2)).isoformat(),
                "changes": {"rank.in_groups": True, "rank.active_days": 3, "score.months": 1},
            },
        )
        shown = second.get(f"policy-drafts/{draft['id']}")
        second.post(f"policy-drafts/{draft['id']}/approval", {"digest": shown["digest"]})
        county = next(r for r in admin.get("regions") if r["kind"] == "county")
        body = {"region_id": county["id"], "name": RECYCLER} | RECYCLERS_OWNER
        world.agree(second, admin.post("recyclers", body))
        self._recycler_id = admin.items("recyclers")[0]["id"]
        world.books.deposit(
            PREPAID_FEN, name=RECYCLER, account="9901010300000015", purpose="预付收购款"
        )

    def prepay(self) -> None:
        """The recycler's money, once the bank has told of it."""
        maker, checker = self.who("财政经办"), self.who("县级管理员")
        lines = [
            line
            for statement in maker.items("bank-statements")
            for line in maker.items(f"bank-statements/{statement['id']}/lines")
        ]
        line = next(line for line in lines if line["counterparty_name"] == RECYCLER)
        deposit = maker.post(
            "deposits", {"recycler_id": self._recycler_id, "statement_entry_id": line["id"]}
        )
        checker.post(f"deposits/{deposit['id']}/approval")

    def fetch_statement(self, day: date) -> None:
        """What the bank says of a day."""
        self._booked.add(day)
        self._world.shell("bank", "fetch-statement", "--date", day.isoformat())
        self._world.run(*SOON)

    def fetch_statements(self, before: date) -> None:
        """Those that the county lacks, of days on which something moved."""
        entries = self._world.books.entries()
        moved = {date.fromisoformat(entry["booked_on"]) for entry in entries}
        for day in sorted(moved - self._booked):
            if day < before:
                self.fetch_statement(day)

    # A week -----------------------------------------------------------------------------------

    def live(self, day: date) -> None:
        """One day, from morning to evening."""
        hours = self._world.hours
        hours.go_to(day, 8)
        self.fetch_statements(day)
        weekday, week = day.weekday(), day.isocalendar().week
        if weekday == MONDAY:
            self._visit_doors()
        if weekday == WEDNESDAY:
            self._weigh()
            self._inspect()
            self._look_into_bags(week)
        if weekday == THURSDAY:
            self._photograph(SENDERS)
            hours.go_to(day, 19)
            self.judge()
            self._world.run(NOTICES)
        if weekday == FRIDAY:
            hours.go_to(day, 15)
            self._shop()
            if week % 2:
                self._order()
            else:
                self._cash_out()

    def _visit_doors(self) -> None:
        """Each liaison looks at the household of theirs that needs it most."""
        for someone in people.BOUND:
            if someone.title != people.LIAISON.title:
                continue
            liaison = self._world.phone(someone)
            for home in liaison.items("liaison/households", limit=1):
                self._world.hours.wait(minutes=7)
                self.check(liaison, home["id"], self._chance.choice(GRADES))

    def check(self, phone: Phone, household_id: str, grade: str, setting: str = "door") -> Any:
        """Walk to a household, look at its sorting and send what was seen."""
        self._world.hours.wait(minutes=1)
        told = phone.send(
            "checks",
            {"photo": self.picture()},
            household_id=household_id,
            setting=setting,
            grade=grade,
            kinds=["kitchen", "residual"],
            wrong_kinds=["residual"] if grade == "c" else None,
        )
        self._world.work()
        return told

    def _photograph(self, count: int) -> None:
        """Some households send a photo of their own sorting."""
        for someone in self._chance.sample(people.BOUND[:KEEN], count):
            self._world.hours.wait(minutes=11)
            self.photograph(someone)

    def photograph(self, someone: Someone) -> Any:
        phone = self._world.phone(someone)
        sent = phone.send("self-checks", {"photo": self.picture()})
        self._world.work()
        return sent

    def judge(self) -> None:
        """The reviewer judges what waits; one in eight is not as it should be."""
        reviewer = self.who("审核员")
        while lent := reviewer.post("reviews/next")["items"]:
            for item in lent:
                self._world.hours.wait(seconds=9)
                verdict: dict[str, Any] = {"verdict": "approve"}
                if self._chance.random() < 1 / 8:
                    verdict = {"verdict": "reject", "reason": self._chance.choice(REASONS)}
                reviewer.post(f"reviews/{item['id']}/verdict", verdict)
                self._world.work()

    def _weigh(self) -> None:
        """The collector weighs in their village."""
        for someone in self._chance.sample(self.of_village(), 2):
            self._world.hours.wait(minutes=9)
            self.weigh(someone, *self._chance.choice(THINGS))

    def weigh(self, someone: Someone, material: str, kilograms: str) -> None:
        """Somebody sells this, and the bottles of a week."""
        lines = [
            {"material": material, "weight": kilograms, "unit": "kg"},
            {"material": "bottle", "pieces": self._chance.randrange(1, 6)},
        ]
        body = {"household_id": self.home(someone), "lines": lines}
        self.who("收集员").post("sales", body)

    def sign(self) -> None:
        """The recycler's agent signs what was weighed, so that it goes on tomorrow."""
        agent = self.who("回收企业代表")
        for day in agent.get("sale-days")["items"]:
            found = {name: day[name] for name in ("village_id", "weighed_by", "day", "pieces")}
            found |= {"weight": f"{day['grams'] / 1000:.3f}", "unit": "kg"}
            agent.post("sale-days/signatures", found)

    def _inspect(self) -> None:
        """The inspector goes to some of the households that were drawn."""
        inspector = self.who("督查员")
        week = inspector.get("rounds/visits")
        due = [visit for visit in week["items"] if visit["outcome"] is None]
        for visit in due[:1]:
            self._world.hours.wait(minutes=12)
            found = self._chance.choice(("", "", "bin_dirty"))
            inspector.send(
                f"rounds/visits/{visit['id']}/result",
                {"photos": self.picture()},
                outcome="seen",
                findings=[found] if found else None,
            )
            self._world.work()

    def _look_into_bags(self, week: int) -> None:
        """The booth keeper or the collector looks into what a household brings."""
        title, setting = (("投放点管理员", "booth"), ("收集员", "bin"))[week % 2]
        self._world.hours.wait(minutes=15)
        home = self.home(self._chance.choice(self.of_village()))
        self.check(self.who(title), home, self._chance.choice(GRADES), setting)

    def _shop(self) -> None:
        """Some households spend what they have at the village's counter."""
        for someone in self._chance.sample(people.BOUND[:KEEN], 3):
            self._world.hours.wait(minutes=13)
            points = self._world.phone(someone).get("points")["points"]
            price = next((price for price in PRICES if price <= points), None)
            if price is not None:
                self.pay(someone, price)

    def pay(self, someone: Someone, points: int) -> None:
        """Somebody shows their code at the counter, and the clerk takes the points."""
        code = self._world.phone(someone).post("pay-codes")["code"]
        self._world.phone(people.CLERK).post("redemptions", {"code": code, "points": points})

    def _order(self) -> None:
        """A household orders from the mall and fetches it the next hour."""
        order = self.order()
        if order is None:
            return
        keeper, customer = self._world.phone(people.MERCHANT), self._customer
        keeper.post(f"orders/{order['id']}/preparation")
        keeper.post(f"orders/{order['id']}/readiness")
        self._world.hours.wait(hours=1)
        code = customer.post(f"orders/{order['id']}/code")["digits"]
        keeper.post(f"orders/{order['id']}/hand-over", {"code": code})

    def order(self) -> Any:
        """The richest household of the village orders the dearest thing that it can pay for."""
        at_home = [self._world.phone(one) for one in people.BOUND if "前进村" in one.area]
        self._customer = max(at_home, key=lambda phone: phone.get("points")["points"])
        points = self._customer.get("points")["points"]
        offers = [
            offer
            for offer in self._customer.items("catalogue/offers")
            if offer["shop"] == people.SHOP and offer["points_price"] <= points
        ]
        if not offers:
            return None
        chosen = max(offers, key=lambda offer: offer["points_price"])
        basket = {
            "shop_id": chosen["shop_id"],
            "lines": [{"offer_id": chosen["id"], "count": 1}],
        }
        points = self._customer.post("orders/quote", basket)["points"]
        return self._customer.post("orders", {**basket, "way": "pick_up", "points": points})

    def _cash_out(self) -> None:
        """The merchant asks for what its shop has taken; finance releases it, the bank pays."""
        asked = self.ask_for_money()
        if asked is not None and asked["state"] == "awaiting_release":
            self.who("财政复核").post(f"cash-outs/{asked['id']}/release")
        self._world.work()

    def ask_for_money(self) -> Any:
        """Everything that the shop has, if it has anything."""
        owner = self._world.phone(people.MERCHANT)
        shop = next(s for s in owner.get("shops")["items"] if s["name"] == people.SHOP)
        account = owner.get(f"shops/{shop['id']}/account")
        if account["available_fen"] <= 0:
            return None
        return owner.post(
            "cash-outs", {"amount_fen": account["available_fen"], "shop_id": shop["id"]}
        )

    def tick(self) -> None:
        """The auditor looks at what was done in the week."""
        auditor = self.who("审计")
        while waiting := auditor.items("trust/acts", only_waiting=True):
            for deed in waiting:
                auditor.post(f"trust/acts/{deed['id']}/seen", {"note": "看过，对得上"})

    # Who and what -----------------------------------------------------------------------------

    def who(self, title: str) -> Phone:
        """The phone of who holds that office."""
        everybody = (*people.STAFF, *people.WORKERS)
        return self._world.phone(next(p for p in everybody if p.title == title))

    def of_village(self) -> list[Someone]:
        """Who lives in the village where the collector and the booth keeper work."""
        return [someone for someone in people.BOUND if someone.area.endswith("前进村")]

    def home(self, someone: Someone) -> str:
        if someone.phone not in self._homes:
            self._homes[someone.phone] = self._world.phone(someone).get("me")["household"]["id"]
        return self._homes[someone.phone]

    def picture(self) -> bytes:
        """A picture that nobody sent before."""
        self._drawn += 1
        return drawing(self._drawn)

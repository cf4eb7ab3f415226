"""What happened once: a card, an appeal, an appointment, a reversal; and what waits today."""

import re
from datetime import timedelta
from typing import Any

from sandbox import people
from sandbox.past.months import Months
from sandbox.past.phone import Phone
from sandbox.past.world import World
from sandbox.people import Someone

APPOINTED = Someone("收集员", "杜仲", "19900009023", people.WORKERS[6].role, "和平镇/新建村")
PROPOSED = Someone("村管理员", "石楠", "19900009024", people.WORKERS[1].role, "丰收镇/向阳村")
WITHOUT_PHONE = "王白云"
THEIR_LIAISON = "沈晚霞"
PIN = "258036"
_CARD_NUMBER = re.compile(r"\b[0-9]{3} [0-9]{3} [0-9]{3}\b")


class Stories:
    """Each is told once, on an evening of its own; ``today`` leaves work for everybody."""

    def __init__(self, world: World, months: Months) -> None:
        self._world = world
        self._months = months
        self._told = iter(
            (self._family, self._card, self._appeal, self._appointment, self._care, self._reversal)
        )

    def tell_next(self) -> None:
        """The next story, if there is another."""
        story = next(self._told, None)
        if story is not None:
            story()

    def _family(self) -> None:
        """The family that is tried first is checked, sells paper, and buys salt."""
        first, months = people.RESIDENTS[0], self._months
        months.check(self._world.phone(people.LIAISON), months.home(first), "a")
        months.weigh(first, "paper", "6.8")
        months.pay(first, 200)

    def _card(self) -> None:
        """A household without a phone gets a card, and pays with it."""
        who, keeper = self._months.who, self._people("前进村")
        home = next(h for h in keeper.items("households") if h["head"] == WITHOUT_PHONE)
        sheet = who("组长").post("cards/sheets", {"household_ids": [home["id"]]}).decode()
        number = _CARD_NUMBER.search(sheet)
        assert number is not None, "a sheet shows the number of each card"
        member = keeper.get(f"households/{home['id']}")["members"][0]
        proposal = keeper.post(
            "cards/handovers",
            {
                "card": number[0].replace(" ", ""),
                "member_id": member["id"],
                "document": "id_card",
                "pin": PIN,
                "pin_again": PIN,
            },
        )
        liaison = self._resident(THEIR_LIAISON)
        self._world.agree(liaison, proposal)
        earned = self._months.check(liaison, home["id"], "a")["points"]
        if earned:  # nothing where the liaison was there this morning
            body = {
                "card": number[0].replace(" ", ""),
                "pin": PIN,
                "points": earned,
                "proxy_id": None,
            }
            self._world.phone(people.CLERK).post("cards/redemptions", body)

    def _appeal(self) -> None:
        """A photo that was rejected is looked at again, by the village's administrator."""
        sent = self._rejected(people.RESIDENTS[0])
        self._world.phone(people.RESIDENTS[0]).post(
            f"self-checks/{sent['id']}/appeal", {"sentence": "桶里都是菜叶，请再看一次"}
        )
        second = self._people("前进村")
        for item in second.post("rulings/next")["items"]:
            self._world.hours.wait(seconds=8)
            second.post(
                f"rulings/{item['id']}/verdict",
                {"verdict": "approve", "note": "看清了，分得对"},
            )
        self._world.work()

    def _rejected(self, someone: Someone) -> Any:
        """A photo that the reviewer sends back."""
        sent = self._months.photograph(someone)
        reviewer = self._months.who("审核员")
        while lent := reviewer.post("reviews/next")["items"]:
            for item in lent:
                self._world.hours.wait(seconds=8)
                is_it = item["photo_id"] == sent["photo_id"]
                verdict = {"verdict": "reject", "reason": "not_sorting"}
                reviewer.post(
                    f"reviews/{item['id']}/verdict", verdict if is_it else {"verdict": "approve"}
                )
                self._world.work()
        return sent

    def _appointment(self) -> None:
        """Two administrators appoint a collector, who begins a day later."""
        proposal = self.propose(APPOINTED)
        seen = people.id_number(APPOINTED)  # of the document before the second administrator
        self._world.agree(self._months.who("县级管理员（复核）"), proposal, id_number=seen)

    def propose(self, someone: Someone) -> Any:
        admin = self._months.who("县级管理员")
        village = someone.area.rpartition("/")[2]
        place = next(r for r in admin.get("regions") if r["name"] == village)
        return admin.post(
            "role-grants",
            {
                "phone": someone.phone,
                "name": someone.name,
                "role": someone.role.value,
                "place_id": place["id"],
                "id_number": people.id_number(someone),
            },
        )

    def _care(self) -> None:
        """A household that needs a hand is put on the list, and visited."""
        keeper, liaison = self._people("前进村"), self._resident(THEIR_LIAISON)
        home = next(h for h in keeper.items("households") if h["head"] == WITHOUT_PHONE)
        review = self._world.hours.day + timedelta(days=120)
        keeper.post(
            "care/entries",
            {
                "household_id": home["id"],
                "reasons": ["old", "alone"],
                "note": "没有手机，上门时多说两句",
                "review_on": review.isoformat(),
            },
        )
        liaison.post("care/notes", {"household_id": home["id"], "text": "桶换了新的，分得很好"})

    def _reversal(self) -> None:
        """Points that were given by mistake are taken back by two people."""
        reversal = self._asked_back(people.RESIDENTS[1], "看错了门牌，这次检查是隔壁的")
        if reversal is not None:
            self._months.who("县级管理员（复核）").post(f"reversals/{reversal['id']}/confirmation")

    def _asked_back(self, someone: Someone, reason: str) -> Any:
        """The newest award of a household, asked back by an administrator."""
        found = self._world.phone(someone).items("awards", limit=5)
        award = next((a for a in found if a["is_paid"] and a["reversed_at"] is None), None)
        if award is None:
            return None
        body = {"subject": "award", "subject_id": award["id"], "reason": reason}
        return self._months.who("县级管理员").post("reversals", body)

    # Today ------------------------------------------------------------------------------------

    def leave_work(self) -> None:
        """Let something wait for everybody who signs in first."""
        world, months = self._world, self._months
        appealed = self._rejected(people.RESIDENTS[0])
        world.phone(people.RESIDENTS[0]).post(
            f"self-checks/{appealed['id']}/appeal", {"sentence": "我家分好了，请再看看照片"}
        )
        for someone in people.BOUND[1:5]:
            world.hours.wait(seconds=40)
            months.photograph(someone)
        months.weigh(people.RESIDENTS[0], "paper", "4.2")
        months.pay(people.RESIDENTS[0], 200)
        self._differing_checks()
        self._asked_back(people.RESIDENTS[2], "同一天重复检查，请核对")
        self._much_paper()
        months.order()
        self.propose(PROPOSED)
        self._money()
        self._business()
        self._voucher()

    def _differing_checks(self) -> None:
        """The booth keeper and the collector saw different things on one day."""
        home = self._months.home(people.RESIDENTS[1])
        self._months.check(self._months.who("投放点管理员"), home, "a", "booth")
        self._months.check(self._months.who("收集员"), home, "c", "bin")

    def _much_paper(self) -> None:
        """So much was weighed that the household is asked first."""
        weigher = self._months.who("收集员")
        offer = weigher.post("photos/uploads", {"content_type": "image/jpeg"})
        weigher.send("photos/files", {"file": self._months.picture()}, **offer["form"]["fields"])
        weigher.post(
            "sales",
            {
                "household_id": self._months.home(people.RESIDENTS[1]),
                "lines": [{"material": "paper", "weight": "42", "unit": "kg"}],
                "upload_id": offer["id"],
            },
        )

    def _money(self) -> None:
        """An allotment, a cash-out and a recycler's money wait for the second person."""
        maker = self._months.who("财政经办")
        village = next(r for r in maker.get("regions") if r["name"] == "向阳村")
        maker.post("allotments", {"village_id": village["id"], "amount_fen": 20_000})
        self._months.ask_for_money()
        draft = {
            "in_force_from": (self._world.hours.day + timedelta(days=10)).isoformat(),
            "changes": {"checked.grade_a": 12},
        }
        self._months.who("运营").post("policy-drafts", draft)

    def _business(self) -> None:
        """A shop changes its bank, another would like to join."""
        admin = self._months.who("县级管理员")
        merchant = next(m for m in admin.items("merchants") if m["name"] == people.MERCHANT.name)
        payee = people.PAYEE | {"payee_account": "9901010200000042"}
        admin.put(f"merchants/{merchant['id']}/payee", payee)
        self._world.phone(people.VISITOR).post(
            "merchant-applications",
            {
                "name": "示范县向阳杂货店",
                "licence_number": "92990101MA00000032",
                "contact_phone": people.VISITOR.phone,
                "payee_name": "示范县向阳杂货店",
                "payee_account": "9901010200000059",
                "payee_bank": "示范银行和平支行",
            },
        )

    def _voucher(self) -> None:
        """Somebody who has enough buys a voucher."""
        for someone in people.BOUND:
            customer = self._world.phone(someone)
            if customer.get("points")["points"] >= 480:
                kind = customer.items("vouchers")[0]
                customer.post(
                    "vouchers/purchases", {"kind_id": kind["id"], "points": kind["points_price"]}
                )
                return

    def _people(self, village: str) -> Phone:
        """The administrator of a village."""
        everybody = (*people.STAFF, *people.WORKERS)
        return self._world.phone(
            next(p for p in everybody if p.title == "村管理员" and p.area.endswith(village))
        )

    def _resident(self, name: str) -> Phone:
        return self._world.phone(next(p for p in people.BOUND if p.name == name))

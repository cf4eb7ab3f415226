"""The chapters of the demo. Each checks what it sees and tells it with its numbers."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import click
from openpyxl import load_workbook

from app.kernel.units import yuan_text as yuan
from app.register.identity.roles import Role
from sandbox import people
from sandbox.demo.looking import all_items, household_of, judge_all, points_of, waiting
from sandbox.demo.person import Person
from sandbox.demo.stage import Stage, StoryBroken
from sandbox.people import Someone
from sandbox.photos import jpegs

DEPOSIT_FEN = 1_000_000
BUDGET_FEN = 200_000
SELF_CHECK_POINTS = 5
GRADE_A_POINTS = 10
INSPECTION_POINTS = 2
WAIT_SECONDS_MAX = 150


def tell(text: str) -> None:
    click.echo(f"    {text}")


def expect(seen: Any, wanted: Any, what: str) -> None:
    """Stop the story when a number is not as it should be."""
    if seen != wanted:
        raise StoryBroken(f"{what}：应为 {wanted}，实为 {seen}")


def wait_for(look: Callable[[], Any], wanted: Any, what: str) -> None:
    """Wait for the background work to come to what it should."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while (seen := look()) != wanted:
        if time.monotonic() > deadline:
            raise StoryBroken(f"{what}：等了 {WAIT_SECONDS_MAX} 秒，应为 {wanted}，实为 {seen}")
        time.sleep(0.2)


@dataclass
class Story:
    """What later chapters need to know of earlier ones."""

    stage: Stage
    staff: dict[str, Person] = field(default_factory=dict)
    residents: dict[str, Person] = field(default_factory=dict)
    villages: dict[str, str] = field(default_factory=dict)
    shop_id: str = ""
    cash_out_id: str = ""
    told_until: date = date.min  # the last day whose statement was imported
    points: dict[str, int] = field(default_factory=dict)  # of whom we tell, by name
    earned: int = 0  # by all of them together

    def person(self, someone: Someone) -> Person:
        """Somebody who opens the mini-program and lets WeChat vouch for their phone."""
        return Person(self.stage, someone.name, someone.phone).sign_in().prove_phone()

    def resident(self, someone: Someone) -> Person:
        """A resident, who is bound to their household the first time they appear."""
        if someone.phone not in self.residents:
            self.residents[someone.phone] = self.person(someone)
        return self.residents[someone.phone]

    # Chapters, in the order they are told ---------------------------------------------------

    def enter_the_county(self) -> None:
        """建县、建镇村，交出第一位管理员的权限"""
        county = str(people.COUNTY_ID)
        self.stage.flask("county", "create", county, people.COUNTY_NAME)
        for place in people.places():
            self.stage.flask("county", "add", county, place.town, place.village)
        for someone in people.STAFF:
            if someone.role in {Role.COUNTY_ADMIN, Role.AUDITOR}:
                self.stage.flask(
                    *("staff", "grant", "--phone", someone.phone, "--name", someone.name),
                    *("--role", someone.role.value, "--id-number", people.id_number(someone)),
                )
                self.staff[someone.title] = self.person(someone)
        admin, second = self.staff["县级管理员"], self.staff["县级管理员（复核）"]
        regions = {region["id"]: region for region in admin.get("regions")}
        (root,) = (region for region in regions.values() if region["kind"] == "county")
        for region in regions.values():
            if region["kind"] == "village":
                town = regions[region["parent_id"]]["name"]
                self.villages[f"{town}/{region['name']}"] = region["id"]
        others = [someone for someone in people.STAFF if someone.title not in self.staff]
        for someone in others:
            proposal = admin.post(
                "role-grants",
                {
                    "phone": someone.phone,
                    "name": someone.name,
                    "role": someone.role.value,
                    "place_id": self.villages.get(someone.area, root["id"]),
                },
                expected=202,
            )
            approval = f"proposals/{proposal['id']}/approval"
            alone = admin.refused(approval, {"digest": proposal["digest"]})
            second.post(
                approval,
                {"digest": proposal["digest"], "id_number": people.id_number(someone)},
                expected=200,
            )
        tell(f"管理员自己同意自己的任命：被拒绝，“{alone}”")
        self.stage.let_a_day_pass()
        for someone in others:
            self.staff[someone.title] = self.person(someone)
        expect(len(self.villages), 3, "村的个数")
        tell(f"{people.COUNTY_NAME}：{'、'.join(self.villages)}")
        tell(
            f"工作人员 {len(self.staff)} 人：两位县级管理员和审计由第一次安装时登记，"
            f"其余 {len(others)} 人由{admin.name}提出、{second.name}看过身份证后同意，过一天才上任"
        )

    def import_the_roster(self) -> None:
        """导入 Excel 花名册：先试后导，重复导入不会重复建户"""
        admin = self.staff["县级管理员"]
        good, spoilt = people.ROSTER.read_bytes(), _spoilt_roster()

        trial = admin.upload(
            "roster-imports", {"file": ("坏.xlsx", spoilt)}, expected=200, dry_run="true"
        )
        for problem in trial["problems"]:
            tell(f"试导入发现：第 {problem['row']} 行，{problem['column']}：{problem['message']}")
        expect(trial["problem_count"], 2, "坏花名册的问题数")
        expect(len(admin.get("households", limit=1)["items"]), 0, "试导入后的户数")

        first = admin.upload(
            "roster-imports", {"file": ("花名册.xlsx", good)}, expected=200, dry_run="false"
        )
        again = admin.upload(
            "roster-imports", {"file": ("花名册.xlsx", good)}, expected=200, dry_run="false"
        )
        expect((first["added"], first["problem_count"]), (120, 0), "导入的户数")
        expect((again["added"], again["unchanged"]), (0, 120), "重复导入")
        tell(f"新增 {first['added']} 户；再导一次：新增 {again['added']} 户，未变 120 户")

    def fund_the_county(self) -> None:
        """财政入金到托管账户，按村分配预算，经办与复核是两个人"""
        maker, checker = self.staff["财政经办"], self.staff["财政复核"]
        self.stage.control(
            self.stage.bank,
            "deposits",
            amount_fen=DEPOSIT_FEN,
            from_name="示范县财政局",
            purpose="垃圾分类奖补资金",
        )
        today = self._next_bank_day() - timedelta(days=1)
        self.told_until = today
        said = self.stage.flask("bank", "fetch-statement", "--date", today.isoformat())
        tell(said.strip().replace("\n", "\n    "))
        allotments = [
            maker.post("allotments", {"village_id": village, "amount_fen": BUDGET_FEN})
            for village in self.villages.values()
        ]
        alone = maker.refused(f"allotments/{allotments[0]['id']}/approval")
        tell(f"经办人自己批：被拒绝，“{alone}”")
        for allotment in allotments:
            checker.post(f"allotments/{allotment['id']}/approval", expected=200)
        given_fen = BUDGET_FEN * len(allotments)
        tell(
            f"财政局打来 {yuan(DEPOSIT_FEN)} 元。{maker.name}提出、{checker.name}同意：三个村各拨 "
            f"{yuan(BUDGET_FEN)} 元，共 {yuan(given_fen)} 元；"
            f"没有分的 {yuan(DEPOSIT_FEN - given_fen)} 元留在县里，哪个村不够了再拨"
        )

    def open_a_shop(self) -> None:
        """登记商户和商店，收款账户由第二个人核对"""
        admin = self.staff["县级管理员"]
        merchant = admin.post(
            "merchants",
            {"name": people.MERCHANT.name, "licence_number": "92990101MA0000000Q", **people.PAYEE},
        )
        verification = {"payee_account": people.PAYEE["payee_account"]}
        path = f"merchants/{merchant['id']}/payee/verification"
        tell(f"登记人自己核对：被拒绝，“{admin.refused(path, verification)}”")
        self._show_the_front(merchant["licence_number"])
        self.staff["财政复核"].post(path, verification, expected=200)
        shop = admin.post(
            "shops",
            {
                "merchant_id": merchant["id"],
                "village_id": self.villages[people.CLERK.area],
                "name": people.SHOP,
                "address": "前进村一组 1 号",
            },
        )
        self.shop_id = shop["id"]
        for path, someone in (
            (f"merchants/{merchant['id']}/owners", people.MERCHANT),
            (f"shops/{shop['id']}/clerks", people.CLERK),
        ):
            admin.post(path, {"phone": someone.phone, "name": someone.name})
            self.staff[someone.title] = self.person(someone)
        tell(
            f"{people.SHOP}开张：{admin.name}登记，{self.staff['财政复核'].name}照着纸质材料把收款账号"
            f"再输一遍才算数（尾号 {merchant['payee_account_tail']}）；店主{people.MERCHANT.name}，"
            f"店员{people.CLERK.name}"
        )

    def _show_the_front(self, licence_number: str) -> None:
        """Somebody who has nothing to do with the shop stands before it."""
        (front,) = jpegs(1)
        visitor = self.staff["县级管理员（复核）"]
        visitor.upload(
            "merchant-visits",
            {"photo": ("front.jpg", front)},
            licence_number=licence_number,
            latitude="30.40",
            longitude="119.90",
        )
        tell(f"没有人看过的店不付钱：{visitor.name}到店门口拍了门面，填了墙上执照的号码")

    def earn(self) -> None:
        """居民拍照自查，审核员通过或退回；联系党员入户检查"""
        first, second, third = (self.resident(someone) for someone in people.RESIDENTS)
        reviewer = self.staff["审核员"]
        photos = jpegs(5)
        sent = [
            (resident, resident.upload("self-checks", {"photo": ("IMG.jpg", photo)}))
            for resident, photo in zip((first, second, third, first), photos, strict=False)
        ]
        wait_for(lambda: waiting(reviewer), len(sent), "等待审核的照片数")
        verdicts = (
            {"verdict": "approve"},
            {"verdict": "approve"},
            {"verdict": "reject", "reason": "not_sorting"},
            {"verdict": "approve"},
        )
        by_photo = {
            check["photo_id"]: verdict for (_, check), verdict in zip(sent, verdicts, strict=True)
        }
        lent = [len(photos_lent) for photos_lent in judge_all(reviewer, by_photo)]
        tell(f"{reviewer.name}一次领 {lent[0]} 张，看第一张时后面的已在下载；共审核 {sum(lent)} 张")
        for resident, check in sent:
            judged = resident.get(f"self-checks/{check['id']}")
            tell(f"{resident.name}家的照片：{judged['message']}")
        liaison = self.resident(people.LIAISON)
        assigned = all_items(liaison, "liaison/households")
        (door,) = [home for home in assigned if home["id"] == household_of(first)]
        visit = liaison.upload(
            "checks",
            {"photo": ("IMG.jpg", photos[4])},
            household_id=door["id"],
            grade="a",
            phone_time="2026-01-01T08:00:00+08:00",
        )
        expect(visit["points"], GRADE_A_POINTS, "入户检查的积分")
        tell(
            f"{liaison.name}是联系党员，联系 {len(assigned)} 户，去了{first.name}家，评为 A 级："
            f"{first.name}家得 {GRADE_A_POINTS} 分；"
            f"{liaison.name}家因为查了一户得 {INSPECTION_POINTS} 分"
        )
        homes = (first, second, third, liaison)
        whys = (
            f"自查 {SELF_CHECK_POINTS} 分（两张照片都通过，一天只算一次）"
            f"＋ 被查 {GRADE_A_POINTS} 分",
            f"自查 {SELF_CHECK_POINTS} 分",
            "照片退回了，不得分；可以重拍，也可以申诉一次",
            f"上门查了一户 {INSPECTION_POINTS} 分（一天最多 20 分）",
        )
        self.points = {person.name: points_of(person) for person in homes}
        expect(
            list(self.points.values()),
            [SELF_CHECK_POINTS + GRADE_A_POINTS, SELF_CHECK_POINTS, 0, INSPECTION_POINTS],
            "四户的积分（每户每天只得一次自查积分，退回的不得分）",
        )
        for (name, points), why in zip(self.points.items(), whys, strict=True):
            tell(f"{name}家现在 {points} 分：{why}")
        self.earned = sum(self.points.values())

    def pay_in_the_shop(self) -> None:
        """到店用付款码兑换：一码一次，重发不重扣"""
        resident = self.resident(people.RESIDENTS[0])
        clerk = self.staff["店员"]
        code = resident.post("pay-codes")
        order, key = {"code": code["code"], "points": 12}, uuid4().hex
        paid = clerk.post("redemptions", order, key=key)
        again = clerk.post("redemptions", order, key=key)
        expect(again, paid, "同一笔业务重发的回答")
        expect(points_of(resident), 3, "付款后的积分")
        tell(
            f"{resident.name}出示付款码，{clerk.name}扫码收 12 分（1 分就是 1 分钱，合 0.12 元）给"
            f"{paid['shop_name']}：15 − 12，剩 3 分"
        )
        tell("店里网络断了又发一次：得到同样的回答，没有重扣")
        tell(f"再用同一个码：被拒绝，“{clerk.refused('redemptions', order)}”")
        code = resident.post("pay-codes")
        short = clerk.refused("redemptions", {"digits": code["digits"], "points": 4})
        tell(f"想付 4 分：被拒绝，“{short}”")
        expect(points_of(resident), 3, "被拒绝后的积分")
        expect(resident.get("redemptions")["items"][0]["points"], 12, "居民看到的兑换记录")
        self.points[resident.name] = 3

    def cash_out(self) -> None:
        """商户提现：先冻结，财政复核放行，银行付款"""
        merchant, finance = self.staff["商户"], self.staff["财政复核"]
        early = merchant.refused("cash-outs", {"amount_fen": 12, "shop_id": self.shop_id})
        tell(f"开张头三天提现：被拒绝，“{early}”")
        self.stage.let_a_day_pass()
        asked = merchant.post("cash-outs", {"amount_fen": 12, "shop_id": self.shop_id})
        self.cash_out_id = asked["id"]
        expect(asked["state"], "awaiting_release", "提现申请的状态")
        account = merchant.get(f"shops/{self.shop_id}/account")
        expect((account["balance_fen"], account["available_fen"]), (12, 0), "冻结后的账户")
        finance.post(f"cash-outs/{asked['id']}/release", expected=200)
        wait_for(
            lambda: (
                self.stage.control(self.stage.bank, "advance", seconds=60)
                and merchant.get(f"cash-outs/{asked['id']}")["state"]
            ),
            "settled",
            "提现的状态",
        )
        account = merchant.get(f"shops/{self.shop_id}/account")
        expect((account["balance_fen"], account["held_fen"]), (0, 0), "付款后的账户")
        tell(
            f"{merchant.name}申请提现 0.12 元，金额先冻结；县里没有设自动付款的额度，"
            f"所以每一笔都要财政看过：{finance.name}放行，银行付款成功，商店账户为 0"
        )

    def reconcile(self) -> None:
        """第二天导入银行对账单，三方核对"""
        finance = self.staff["财政经办"]
        # While the payment was waited for, the bank's clock may have passed midnight.
        last, paid_fen = self._next_bank_day() - timedelta(days=1), 0
        while self.told_until < last:
            self.told_until += timedelta(days=1)
            day = self.told_until.isoformat()
            said = self.stage.flask("bank", "fetch-statement", "--date", day)
            tell(said.strip().replace("\n", "\n    "))
            result = finance.get(f"reconciliations/{day}")
            paid_fen += result["paid_fen"]
        expect(result["differences"], [], "对账差异")
        expect(
            (result["is_balanced"], result["payout_in_flight_fen"], paid_fen),
            (True, 0, 12),
            "对账结果",
        )
        expect(result["closing_fen"], DEPOSIT_FEN - 12, "银行余额")
        left_fen = sum(village["left_fen"] for village in finance.get("budgets")["items"])
        expect(left_fen, BUDGET_FEN * len(self.villages) - self.earned, "三个村剩下的预算")
        held = sum(self.points.values())
        spare_fen = DEPOSIT_FEN - BUDGET_FEN * len(self.villages)
        expect(spare_fen + left_fen + held, result["closing_fen"], "银行里的钱是谁的")
        people_hold = "、".join(f"{name} {n} 分" for name, n in self.points.items() if n)
        tell(
            f"银行里的 {yuan(result['closing_fen'])} 元 ＝ 县里没有分的 {yuan(spare_fen)} 元 ＋ "
            f"三个村没有发完的 {yuan(left_fen)} 元 ＋ 居民手里的 {yuan(held)} 元（{people_hold}）"
        )

    def prove(self) -> None:
        """从第一笔开始重算整个账本"""
        *answers, summary = self.stage.flask("ledger", "verify").strip().splitlines()
        tell(f"问了账本 {len(answers)} 个问题，个个都对；最后一句是：")
        tell(summary)

    def _next_bank_day(self) -> date:
        """End the bank's day; returns the day that begins."""
        return date.fromisoformat(self.stage.control(self.stage.bank, "advance")["today"])


def _spoilt_roster() -> bytes:
    """The roster with a wrong check digit and a phone number that is too short."""
    book = load_workbook(people.ROSTER)
    sheet = book.worksheets[0]
    number = str(sheet["E3"].value)
    sheet["E3"].value = number[:-1] + ("1" if number[-1] != "1" else "2")
    sheet["F6"].value = "12345"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

"""What a shop sees of its day: who took what, what it may cash out, and what waits."""

from app.register.identity.roles import Role
from mall.settlement.settings import SETTINGS
from tests.given.http import post
from tests.given.rosters import id_number


def paid(town, points: int, *, lines=()):
    code = post(town.phone, "pay-codes").json["code"]
    body = {"code": code, "points": points, "lines": list(lines)}
    answer = post(town.counter.clerk, "redemptions", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_shop_reads_its_payments_its_account_and_its_people(given, town, noon):
    given.setting(SETTINGS, cash_out_day_limit_fen=500)
    counter = town.counter
    salt = {"name": "盐", "quantity": 2, "price_fen": 200}
    kept = paid(town, 400, lines=[salt])
    noon.move(seconds=1)
    gone = paid(town, 100)
    silent = post(counter.clerk, f"redemptions/{gone['id']}/void", {"reason": "other"})
    assert (silent.status_code, silent.json["details"]["json"]) == (422, {"note": ["请写明原因"]})
    back = post(counter.clerk, f"redemptions/{gone['id']}/void", {"reason": "wrong_goods"})
    assert back.json["void_reason"] == "拿错了"
    town.ready((town.soap, 1), points=300)

    newest, oldest = counter.clerk.get(counter.url("redemptions")).json["items"]
    assert (newest["state"], newest["line_count"], newest["first_line"]) == ("void", 0, None)
    assert (oldest["first_line"], oldest["card_tail"]) == ("盐 2", None)
    assert oldest["is_by_proxy"] is False
    assert oldest["tail"] == kept["tail"] == f"{int(kept['id'].replace('-', ''), 16) % 10_000:04d}"
    assert "household" not in str(oldest)

    account = counter.owner.get(counter.url("account")).json
    assert (account["today_points"], account["day_limit_left_fen"]) == (400, 500)
    assert (account["why_not"], account["frozen_until"]) == (None, None)
    assert (account["orders_open"], account["orders_to_hand_out"]) == (0, 1)
    asked = post(counter.owner, "cash-outs", {"amount_fen": 300})
    assert asked.status_code == 201, asked.json
    assert counter.owner.get(counter.url("account")).json["day_limit_left_fen"] == 200

    day = counter.clerk.get(counter.url("day")).json
    assert {hour: points for hour, points in enumerate(day["hours"]) if points} == {12: 400}
    staff = {"phone": "13800001111", "name": "小满", "id_number": id_number(5)}
    assert post(counter.owner, f"shops/{counter.shop_id}/clerks", staff).status_code == 201
    clerks = counter.owner.get(counter.url("clerks")).json["items"]
    assert (clerks[-1]["name"], clerks[-1]["phone"]) == ("小满", "138****1111")
    stranger = given.staff(Role.MERCHANT, given.household().id)
    assert stranger.get(counter.url("clerks")).status_code == 404


def test_a_scanned_barcode_finds_its_goods_on_the_shelf(town, shelves):
    shelves.stocked(town.counter, "酱油", points=500, market=500, barcode="6901234567892")
    clerk = town.counter.clerk

    found = clerk.get(town.counter.url("shelf?barcode=6901234567892")).json["items"]
    nothing = clerk.get(town.counter.url("shelf?barcode=6900000000000")).json["items"]

    assert ([one["name"] for one in found], nothing) == (["酱油"], [])

"""Assets, their labels and bags, from the office to the field."""

import pytest

from app.kernel.db import db, transaction
from app.register.assets import bags, codes, labelling, queries, registering
from app.register.assets.errors import (
    AssetNotFound,
    BagForged,
    CodeUnknown,
    FactsUnfit,
    LabelAttached,
    LabelEnded,
    NumberTaken,
    PositionNeeded,
    RollIssued,
    StepNotPossible,
)
from app.register.assets.models import AssetKind, AssetState, LabelEnd, RollState
from app.register.assets.streams import Stream
from app.register.identity.roles import Role
from tests.given.factories import COUNTY

HERE = {"lat_e6": 30_747_600, "lon_e6": 120_783_100}


@pytest.fixture
def family(given):
    return given.household()


@pytest.fixture
def admin(given, family):
    return given.caller(Role.VILLAGE_ADMIN, family.village.id)


@pytest.fixture
def collector(given, family):
    return given.caller(Role.COLLECTOR, family.village.id)


@pytest.fixture
def entered(app, family, admin, noon):
    """``entered(AssetKind.BIN, "N1", …)``: an asset of the family's group."""

    def enter(kind: AssetKind, number: str, **facts):
        known = registering.Facts(**{"name": "设施", "region_id": family.village.group_id} | facts)
        with app.app_context(), transaction():
            return registering.enter(kind=kind, number=number, facts=known, by=admin, at=noon())

    return enter


def test_a_booth_is_entered_placed_stopped_and_retired_step_by_step(app, admin, entered, noon):
    booth = entered(AssetKind.BOOTH, "T1")

    def move(state):
        with app.app_context(), transaction():
            registering.move(asset_id=booth.id, state=state, reason="现场看过", by=admin, at=noon())

    with pytest.raises(PositionNeeded):
        move(AssetState.PLACED)
    facts = registering.Facts("东头投放点", booth.region_id, **HERE)
    with app.app_context(), transaction():
        registering.change(asset_id=booth.id, facts=facts, by=admin, at=noon())
    move(AssetState.PLACED)
    nowhere = registering.Facts("东头投放点", booth.region_id)
    with app.app_context(), transaction(), pytest.raises(FactsUnfit):
        registering.change(asset_id=booth.id, facts=nowhere, by=admin, at=noon())
    move(AssetState.STOPPED)
    move(AssetState.RETIRED)
    with pytest.raises(StepNotPossible):
        move(AssetState.PLACED)

    with app.app_context():
        shown = queries.asset(COUNTY, admin.places(Role.VILLAGE_ADMIN), booth.id)
        states = [step.state.value for step in shown.steps]
    assert (shown.name, shown.state) == ("东头投放点", AssetState.RETIRED)
    assert states == ["new", "placed", "stopped", "retired"]


def test_what_contradicts_itself_or_lies_elsewhere_is_not_entered(app, given, family, entered):
    elsewhere = given.household(village=given.village())
    entered(AssetKind.BIN, "N1", household_id=family.id)

    with pytest.raises(NumberTaken):
        entered(AssetKind.BIN, "N1")
    with pytest.raises(FactsUnfit):
        entered(AssetKind.VEHICLE, "V1")
    with pytest.raises(FactsUnfit):
        entered(AssetKind.DOOR_PLATE, "H1")
    with pytest.raises(queries.AssetNotFound):
        entered(AssetKind.BIN, "N2", inside_id=elsewhere.id)
    entered(AssetKind.VEHICLE, "V1", plate="浙F12345")
    with pytest.raises(NumberTaken):
        entered(AssetKind.VEHICLE, "V2", plate="浙F12345")


def test_a8_a_lost_label_is_replaced_and_goes_on_saying_so(
    app, given, family, admin, collector, entered, noon
):
    a_bin = entered(AssetKind.BIN, "N1", household_id=family.id, streams=[Stream.KITCHEN])
    other = entered(AssetKind.BIN, "N2")
    stranger = given.caller(Role.COLLECTOR, given.village().id)
    with app.app_context(), transaction():
        sheet = labelling.print_labels(kind=AssetKind.BIN, count=3, by=admin, at=noon())
    old, new, third = sheet.codes

    def attach(code, asset, because=None):
        with app.app_context(), transaction():
            return labelling.attach(
                text=code, asset_id=asset.id, instead_because=because, by=collector, at=noon()
            )

    attach(old, a_bin)
    attach(old, a_bin)  # sent again
    with pytest.raises(LabelAttached):
        attach(new, a_bin)
    with pytest.raises(LabelAttached):
        attach(old, other)
    attach(new, a_bin, LabelEnd.LOST)
    with pytest.raises(LabelEnded):
        attach(old, other)

    with app.app_context():
        seen = queries.scan(old, collector)
        assert (seen.what, seen.ended_because, seen.asset.number) == ("ended", LabelEnd.LOST, "N1")
        now = queries.scan(new.lower(), collector)
        assert (now.what, now.asset.household_id, now.may) == ("asset", family.id, ("replace",))
        assert queries.scan(new, stranger).asset is None  # another village's
        assert queries.scan(third, collector).may == ("attach",)
        page = queries.public(old)
        assert (page.number, page.is_replaced) == ("N1", True)
        with pytest.raises(CodeUnknown):
            queries.public(third)  # hangs nowhere
        with pytest.raises(CodeUnknown):
            queries.scan(codes.new_code("N"), collector)
    chip = attach("e2801160600002054e8f3a1b", a_bin)  # beside the printed one
    with app.app_context():
        assert (chip.code, queries.scan(chip.code, collector).asset.number) == (
            "E2801160600002054E8F3A1B",
            "N1",
        )


def test_bags_are_ordered_given_out_and_scanned(app, given, family, admin, collector, noon):
    office = given.caller(Role.COUNTY_ADMIN, family.village.county_region_id)
    stranger = given.caller(Role.COLLECTOR, given.village().id)
    with app.app_context(), transaction():
        order = bags.order(rolls=2, bags=30, stream=Stream.KITCHEN, by=office, at=noon())
        again = bags.ordered(COUNTY, order.id)
    assert (order.bags, order.sha256) == (60, again.sha256)
    first, second = order.rolls
    lines = order.content.decode().splitlines()
    code = lines[1].split(",")[2]
    assert (len(lines), lines[0], lines[1]) == (61, "roll,bag,code", f"{first.roll},1,{code}")

    with app.app_context(), transaction():
        bags.issue(roll_id=first.id, household_id=family.id, by=admin, at=noon())
        bags.void(roll_id=second.id, by=office, at=noon())
    with app.app_context(), transaction(), pytest.raises(RollIssued):
        bags.issue(roll_id=first.id, household_id=family.id, by=admin, at=noon())

    with app.app_context():
        seen = queries.scan(code, collector)
        assert (seen.what, seen.stream, seen.household_id) == ("bag", Stream.KITCHEN, family.id)
        assert queries.scan(code, stranger).household_id is None
        for forged in (
            codes.bag_code(codes.bag_key(), COUNTY, first.roll, 30),  # beyond the roll
            codes.bag_code(codes.bag_key(), COUNTY, second.roll, 0),  # void
            codes.bag_code(bytes(32), COUNTY, first.roll, 0),
        ):
            with pytest.raises(BagForged):
                queries.scan(forged, collector)
        assert db.session.get(bags.BagRoll, (COUNTY, first.id)).state is RollState.ISSUED


def test_villages_that_lack_one_of_their_four_places_are_told(
    app, given, family, admin, entered, noon
):
    booth = entered(AssetKind.BOOTH, "T1", **HERE)
    entered(AssetKind.BULKY_POINT, "D1")  # known, not in use

    with app.app_context(), transaction():
        registering.move(
            asset_id=booth.id, state=AssetState.PLACED, reason="启用", by=admin, at=noon()
        )

        lacking = queries.lacking([family.village.id])

    assert [(one.id, one.lacks) for one in lacking] == [
        (
            family.village.id,
            [AssetKind.BULKY_POINT, AssetKind.STATION, AssetKind.ACTIVITY_ROOM],
        )
    ]


def test_another_villages_admin_reaches_nothing_here(app, given, entered, noon):
    a_bin = entered(AssetKind.BIN, "N1")
    stranger = given.caller(Role.VILLAGE_ADMIN, given.village().id)

    with app.app_context(), transaction(), pytest.raises(AssetNotFound):
        registering.move(
            asset_id=a_bin.id, state=AssetState.PLACED, reason="启用", by=stranger, at=noon()
        )


def test_a_sheet_is_printed_and_its_label_says_to_anybody_what_it_is(app, given, family, entered):
    client = given.staff(Role.VILLAGE_ADMIN, family.village.id)
    a_bin = entered(AssetKind.BIN, "N1", household_id=family.id, streams=[Stream.KITCHEN])
    key = {"Idempotency-Key": "labels-of-june"}
    made = client.post("/api/v1/labels/sheets", json={"kind": "bin", "count": 25}, headers=key)
    sheet = client.get(f"/api/v1/labels/sheets/{made.json['id']}").get_data(as_text=True)
    thermal = client.get(f"/api/v1/labels/sheets/{made.json['id']}?is_thermal=true")
    code = sheet.split('<div class="code">')[1].split("</div>")[0].replace("<br>", "")
    body = {"code": code, "asset_id": str(a_bin.id)}
    client.post("/api/v1/labels/attachments", json=body, headers={"Idempotency-Key": "attach-1"})

    page = app.test_client().get(f"/q/{code}")

    assert (sheet.count("<svg"), sheet.count('class="page"')) == (25, 2)
    assert thermal.get_data(as_text=True).count('class="page"') == 25
    text = page.get_data(as_text=True)
    assert (page.status_code, "垃圾桶 N1" in text, "易腐垃圾" in text) == (200, True, True)
    assert "号" not in text.split("<body>")[1].split("</h1>")[0]  # never whose it is
    misread = code[:-1] + ("1" if code.endswith("0") else "0")
    assert app.test_client().get(f"/q/{misread}").status_code in {404, 422}
    scanned = client.get(f"/api/v1/scan/{code}").json
    assert "what" in scanned, scanned
    assert (scanned["what"], scanned["asset"]["household_id"]) == ("asset", str(family.id))

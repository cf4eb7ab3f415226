"""Goods in Excel: all or nothing, the same file twice changes nothing, no cell computes."""

from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from app.kernel import tables
from app.kernel.db import db
from mall.catalogue import files
from mall.catalogue.files.columns import SENTENCES, Column, Kind
from mall.catalogue.models import Goods, PriceChange
from mall.merchants.errors import MerchantNotFound
from tests.given.factories import COUNTY

RIGHT = {
    Column.OWN_NUMBER: "A-1",
    Column.NAME: "透明皂",
    Column.CATEGORY: "日用/清洁",
    Column.UNIT: "块",
    Column.MARKET: "3.50",
    Column.POINTS: 300,
    Column.LISTED: "是",
}


def book(*rows, headings=tuple(Column), change=None) -> BytesIO:
    made = Workbook()
    sheet = made.active
    sheet.title = "商品"
    sheet.append(list(headings))
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])
    if change:
        change(sheet)
    out = BytesIO()
    made.save(out)
    out.seek(0)
    return out


@pytest.fixture
def counter(mall, shelves):
    daily = shelves.category("日用")
    shelves.category("清洁", parent_id=daily)
    return mall.counter()


@pytest.fixture
def send(counter):
    def sent(file: BytesIO, client=None, merchant_id=None, **form):
        file.seek(0)
        return (client or counter.owner).post(
            "/api/v1/goods-imports",
            data={
                "merchant_id": str(merchant_id or counter.merchant_id),
                "file": FileStorage(BytesIO(file.read()), filename="goods.xlsx"),
                **form,
            },
            headers={"Idempotency-Key": uuid4().hex},
        )

    return sent


def goods_of(app) -> list[tuple]:
    with app.app_context():
        rows = db.session.scalars(select(Goods).order_by(Goods.own_number))
        return [
            (row.own_number, row.name, row.market_price_fen, row.points_price, row.state.value)
            for row in rows
        ]


def count(app, model) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def test_a_file_is_imported_and_the_same_file_again_changes_nothing(app, send, shelves):
    file = book(
        RIGHT,
        RIGHT
        | {
            Column.OWN_NUMBER: "A-2",
            Column.BARCODE: 6900000000012,
            Column.NAME: "食盐",
            Column.CATEGORY: "日用",
            Column.MARKET: 2,
            Column.POINTS: 200,
            Column.LIMIT: 2,
            Column.PERIOD: "每月",
            Column.LISTED: "否",
        },
    )

    rehearsed = send(file, dry_run="true").json
    assert (rehearsed["added"], rehearsed["is_dry_run"], count(app, Goods)) == (2, True, 0)
    first = send(file).json
    again = send(file).json

    assert (first["added"], first["updated"], first["unchanged"]) == (2, 0, 0)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert goods_of(app) == [
        ("A-1", "透明皂", 350, 300, "listed"),
        ("A-2", "食盐", 200, 200, "draft"),
    ]
    assert (count(app, PriceChange), shelves.findings()) == (2, set())


def test_a_changed_row_updates_its_goods_and_remembers_the_price(app, send, shelves):
    send(book(RIGHT | {Column.BARCODE: "6900000000012"}))

    by_barcode = {**RIGHT, Column.OWN_NUMBER: None, Column.BARCODE: "6900000000012"}
    answer = send(book(by_barcode | {Column.MARKET: 4, Column.POINTS: 350, Column.NAME: "皂"}))

    assert (answer.json["updated"], answer.json["added"]) == (1, 0)
    assert goods_of(app) == [("A-1", "皂", 400, 350, "listed")]
    assert (count(app, PriceChange), shelves.findings()) == (2, set())


WRONG = [
    ({Column.OWN_NUMBER: None}, Kind.NUMBER_MISSING, Column.OWN_NUMBER, {}),
    ({Column.OWN_NUMBER: "A/1"}, Kind.OWN_NUMBER, Column.OWN_NUMBER, {}),
    ({Column.BARCODE: "123"}, Kind.BARCODE, Column.BARCODE, {}),
    ({Column.NAME: None}, tables.Kind.EMPTY, Column.NAME, {}),
    ({Column.NAME: "皂" * 61}, tables.Kind.TOO_LONG, Column.NAME, {"most": 60}),
    ({Column.NAME: "=1+1"}, tables.Kind.FORMULA, Column.NAME, {}),
    ({Column.NAME: True}, tables.Kind.CELL_KIND, Column.NAME, {}),
    ({Column.CATEGORY: "玩具"}, Kind.CATEGORY_UNKNOWN, Column.CATEGORY, {"name": "玩具"}),
    ({Column.MARKET: "三块五"}, Kind.PRICE, Column.MARKET, {}),
    ({Column.MARKET: 3.555}, Kind.PRICE, Column.MARKET, {}),
    ({Column.MARKET: -1}, Kind.PRICE, Column.MARKET, {}),
    ({Column.POINTS: 0}, Kind.POINTS, Column.POINTS, {}),
    ({Column.POINTS: 2.5}, Kind.POINTS, Column.POINTS, {}),
    ({Column.POINTS: 351}, Kind.POINTS_ABOVE_MARKET, Column.POINTS, {}),
    ({Column.LIMIT: "很多", Column.PERIOD: "每月"}, Kind.LIMIT, Column.LIMIT, {}),
    ({Column.LIMIT: 2}, Kind.PERIOD, Column.PERIOD, {}),
    ({Column.LIMIT: 2, Column.PERIOD: "每年"}, Kind.PERIOD, Column.PERIOD, {}),
    ({Column.LISTED: "也许"}, Kind.LISTED, Column.LISTED, {}),
]


@pytest.mark.parametrize(("change", "kind", "column", "details"), WRONG)
def test_one_wrong_cell_is_told_and_nothing_is_imported(change, kind, column, details, app, send):
    file = book(RIGHT | {Column.OWN_NUMBER: "B-1"}, RIGHT | change)

    told = send(file, dry_run="true").json
    refused = send(file)

    problem = {
        "row": 3,
        "column": column,
        "kind": kind,
        "message": (tables.SENTENCES | SENTENCES)[kind].format_map(details),
    }
    assert (told["problem_count"], told["problems"]) == (1, [problem])
    assert (refused.status_code, refused.json["code"]) == (422, "catalogue.has_problems")
    assert refused.json["details"]["problems"] == [problem]
    assert goods_of(app) == []


def test_every_problem_of_a_file_is_told_at_once(app, send):
    send(book(RIGHT, RIGHT | {Column.OWN_NUMBER: "A-2", Column.BARCODE: "6900000000012"}))
    before = goods_of(app)
    file = book(
        RIGHT | {Column.BARCODE: "6900000000012"},
        RIGHT | {Column.OWN_NUMBER: "C-1", Column.NAME: None, Column.POINTS: "x"},
        RIGHT,
    )

    problems = send(file, dry_run="true").json["problems"]

    assert [(row["row"], row["kind"]) for row in problems] == [
        (2, "two_goods"),
        (3, "empty"),
        (3, "points"),
        (4, "number_twice"),
    ]
    assert goods_of(app) == before


def test_a_wrong_heading_and_merged_cells_are_told(send):
    headings = [heading for heading in Column if heading is not Column.UNIT]
    missing = send(book(RIGHT, headings=(*headings, "颜色", Column.NAME)), dry_run="true").json
    merged = send(book(RIGHT, change=lambda s: s.merge_cells("C2:C3")), dry_run="true").json

    assert {row["kind"] for row in missing["problems"]} == {
        "column_missing",
        "column_unknown",
        "column_twice",
    }
    assert [row["kind"] for row in merged["problems"]] == ["merged"]


def test_no_file_of_goods_is_refused(app, send):
    codes = [
        send(BytesIO(b"not a workbook")).json["code"],
        send(BytesIO()).json["code"],
        send(book()).json["code"],
    ]

    assert codes == ["workbook.not_a_workbook", "workbook.empty", "catalogue.no_rows"]
    assert goods_of(app) == []


def test_nobody_imports_or_exports_for_a_merchant_they_do_not_manage(app, send, mall, counter):
    stranger = mall.counter()

    answers = [
        send(book(RIGHT), client=stranger.owner),
        stranger.owner.get(f"/api/v1/goods-export?merchant_id={counter.merchant_id}"),
    ]

    assert [answer.json["code"] for answer in answers] == [MerchantNotFound.code] * 2
    assert goods_of(app) == []


def test_the_county_imports_for_a_merchant(app, send, admin):
    assert send(book(RIGHT), client=admin).json["added"] == 1
    assert len(goods_of(app)) == 1


def test_the_owner_is_told_of_what_the_county_imports_and_not_of_their_own(counter, send, admin):
    send(book(RIGHT))
    assert counter.owner.get("/api/v1/notices").json["items"] == []

    send(book(RIGHT | {Column.POINTS: 200}), client=admin)

    told = counter.owner.get("/api/v1/notices").json["items"]
    assert [one["sentence"] for one in told] == [
        "县里用表格给您的店加了 0 种商品，改了 1 种。请核对价钱，不对的请改回来，并告诉县里"
    ]


def test_an_export_can_be_imported_and_computes_nothing(app, counter, send, shelves):
    shelves.goods(counter, "=HYPERLINK(A1)", own_number="X-1", description="+1", limit=None)
    shelves.goods(counter, "@SUM(1)", barcode="6900000000012", is_listed=False)

    answer = counter.owner.get(f"/api/v1/goods-export?merchant_id={counter.merchant_id}")

    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.data))["商品"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s")
    assert {"=HYPERLINK(A1)", "@SUM(1)", "+1"} <= {cell.value for cell in cells}
    again = send(BytesIO(answer.data)).json
    assert (again["unchanged"], again["added"], again["updated"]) == (2, 0, 0)


def test_the_template_offers_the_categories_and_is_an_empty_file_of_goods(counter, send):
    answer = counter.owner.get("/api/v1/goods-template")

    made = load_workbook(BytesIO(answer.data))
    assert [cell.value for cell in made["商品"][1]] == list(Column)
    assert [cell.value for cell in made["选项"]["D"]][:2] == ["日用", "日用/清洁"]
    assert send(BytesIO(answer.data)).json["code"] == "catalogue.no_rows"


def test_a_file_of_many_goods_takes_few_queries(counter, send, queries):
    rows = [RIGHT | {Column.OWN_NUMBER: f"N-{n}"} for n in range(400)]

    with queries() as seen:
        answer = send(book(*rows))

    assert answer.json["added"] == 400
    assert len(seen) < 20


@pytest.mark.race("mall.catalogue.files.importing._registered")
def test_one_file_sent_many_times_at_once_is_imported_once(app, counter, shelves, together, noon):
    content, by = book(RIGHT, RIGHT | {Column.OWN_NUMBER: "A-2"}).read(), shelves.by

    def importing():
        files.import_goods(
            BytesIO(content),
            county_id=COUNTY,
            merchant_id=counter.merchant_id,
            is_dry_run=False,
            by=by,
            at=noon(),
        )

    assert together(importing for _ in range(16)) == {"done": 16}
    assert len(goods_of(app)) == 2
    assert shelves.findings() == set()

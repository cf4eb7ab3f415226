"""What a county chooses counts when two administrators have agreed, a day later, within bounds."""

import ast

import pytest
from sqlalchemy import select, text

from app.agreements.choices.kinds import SETTINGS_KINDS
from app.agreements.proposals import jobs
from app.kernel.db import db
from app.register.identity.roles import Role
from app.register.regions.county_settings import bounds_of
from app.register.regions.models import CountySettings
from app.sorting.rounds.settings import RoundSettings, read_settings
from app.sorting.self_checks.settings import SETTINGS, ReviewSettings
from mall.redemption.settings import SETTINGS as COUNTER
from operations import domains
from tests.architecture.sources import dotted, modules
from tests.given.factories import COUNTY
from tests.given.http import assert_refused, post, user_of
from tests.given.proposals import agree, read

OF_REVIEWS = vars(ReviewSettings())
MORE = OF_REVIEWS | {"second_percent": 10, "lease_minutes": 9}


@pytest.fixture
def proposed(admin):
    """An administrator proposes these settings for reviews; returns the answer."""
    return lambda body=MORE: admin.put("/api/v1/reviews/settings", json=body)


@pytest.fixture
def in_force(app):
    def read_now():
        with app.app_context():
            return SETTINGS.of(COUNTY)

    return read_now


@pytest.fixture
def versions(app):
    def read_now():
        with app.app_context():
            rows = db.session.scalars(select(CountySettings).order_by(CountySettings.version))
            return [(row.version, row.set_by, row.proposal_id) for row in rows]

    return read_now


def a_day_goes_by(app, noon):
    noon.move(days=1)
    with app.app_context():
        jobs.begin_coming()


def test_every_settings_of_a_domain_change_by_two_people():
    domains.load()

    assert SETTINGS_KINDS.keys() == domains.settings().keys()


def test_nothing_of_the_product_puts_settings_in_force_past_these_proposals():
    found = {
        f"{dotted(path)}: {ast.unparse(node)}"
        for path, tree in modules(*domains.HOUSES, "miniprogram_api").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"set", "change"}
        and ast.unparse(node.value).lower().endswith("settings")
    }

    assert found == {
        "app.agreements.choices.kinds: settings.set",
        "app.agreements.choices.service: settings.set",
    }


@pytest.mark.parametrize("name", sorted(domains.settings()))
def test_what_holds_by_itself_is_within_its_own_bounds_and_has_words(name):
    settings = domains.settings()[name]

    settings.check(settings.defaults)
    assert settings.words(settings.defaults)
    for bounds in bounds_of(settings.defaults).values():
        assert bounds.least <= bounds.most


def test_one_administrator_alone_changes_nothing(app, proposed, in_force, admin, noon):
    answer = proposed()

    assert (answer.status_code, answer.json["state"]) == (202, "proposed")
    assert_refused(agree(admin, answer.json["id"]), 403, "trust.same_person")
    a_day_goes_by(app, noon)
    assert in_force() == ReviewSettings()


def test_another_reads_what_was_and_what_would_be_and_a_day_later_it_is(
    app, proposed, in_force, versions, admin, another, noon
):
    proposal = proposed().json
    shown = read(another, proposal["id"])
    assert (shown["title"], shown["lines"]) == (
        "改照片审核的规定",
        [
            {"label": "一张照片留给一个人看", "before": "5 分钟", "after": "9 分钟"},
            {"label": "另一个人再看的照片", "before": "5%", "after": "10%"},
        ],
    )

    agreed = agree(another, proposal["id"]).json

    assert agreed["effective_at"] == "2026-06-02T04:00:00+00:00"
    assert in_force() == ReviewSettings()
    a_day_goes_by(app, noon)
    assert in_force() == ReviewSettings(lease_minutes=9, second_percent=10)
    ((version, set_by, proposal_id),) = versions()
    assert (version, set_by, str(proposal_id)) == (1, user_of(app, admin), proposal["id"])


def test_the_auditor_stops_it_within_the_day(app, proposed, in_force, another, auditor, noon):
    proposal = proposed().json
    agree(another, proposal["id"])

    stopped = post(auditor, f"proposals/{proposal['id']}/stop", {"reason": "没有说明为什么"})

    assert stopped.json["state"] == "stopped"
    a_day_goes_by(app, noon)
    assert in_force() == ReviewSettings()


def test_what_changed_meanwhile_is_not_overwritten(app, given, proposed, in_force, another, noon):
    proposal = proposed().json
    digest = read(another, proposal["id"])["digest"]
    given.setting(SETTINGS, appeal_days=9)

    assert_refused(agree(another, proposal["id"], digest), 409, "decisions.moved_on")

    a_day_goes_by(app, noon)
    assert in_force() == ReviewSettings(appeal_days=9)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"second_percent": 2}, "“另一个人再看的照片”要在 3%到 100%之间，请改一改"),
        ({"second_percent": 101}, "“另一个人再看的照片”要在 3%到 100%之间，请改一改"),
        ({"quick_seconds": 1}, "“看得太快的界线”要在 2 秒到 60 秒之间，请改一改"),
        ({"appeal_days": 2}, "“退回后可以申诉”要在 3 天到 60 天之间，请改一改"),
    ],
)
def test_absurd_numbers_are_refused_with_the_bound(proposed, in_force, another, body, sentence):
    assert_refused(proposed(OF_REVIEWS | body), 422, "regions.setting_out_of_bounds", sentence)

    assert another.get("/api/v1/proposals").json["items"] == []
    assert in_force() == ReviewSettings()


def test_the_same_again_is_no_proposal(proposed):
    assert_refused(proposed(OF_REVIEWS), 422, "settings.nothing_differs")


@pytest.mark.parametrize(
    ("table", "bounds"),
    [
        ({"pass_from": 59}, "“多少分合格”要在 60 到 100 之间，请改一改"),
        ({"recheck_after_days": 32}, "“不合格几天后复查”要在 1 到 31 之间，请改一改"),
        (
            {"quotas": {"recommended": 0, "random": 0, "bottom": 0}},
            "“每人每周一共督查的户数”要在 1 到 1000 之间，请改一改",
        ),
    ],
)
def test_inspections_that_inspect_nothing_are_refused(admin, table, bounds):
    answer = admin.post("/api/v1/rounds/settings", json={"settings": table})

    assert_refused(answer, 422, "regions.setting_out_of_bounds", bounds)


def test_settings_that_are_no_flat_table_are_read_in_words_too(given, admin, another):
    village = given.village()
    area = {str(village.id): {"random": 3}}
    body = {"settings": {"keeps_out_of_own_village": False, "area_quotas": area}}
    proposal = admin.post("/api/v1/rounds/settings", json=body).json

    assert read(another, proposal["id"])["lines"] == [
        {"label": "不查自己村", "before": "是", "after": "否"},
        {
            "label": f"另有户数的地方 {village.id}",
            "before": None,
            "after": "荐优 10，随机 3，末位 5",
        },
    ]
    assert read_settings(RoundSettings().as_json()) == RoundSettings()


# From the command line -----------------------------------------------------------------------


@pytest.fixture
def flask(app, root):
    def run(*words):
        args = ["county", "settings", *map(str, words)]
        return app.test_cli_runner().invoke(args=args)

    return run


@pytest.fixture
def phone(office_phone):
    """The phone of an administrator."""
    return office_phone("13900000021")


def test_the_shell_shows_what_is_chosen_and_within_which_bounds(given, flask):
    given.setting(COUNTER, household_day_points=None)

    shown = flask(COUNTY).output

    assert "cards: 卡的限额\n" in shown
    assert "  payment_points_max=2000  刷卡一次最多 2000 分（1 分到 20000 分）\n" in shown
    assert "  household_day_points=none  一户一天最多用 不限（1 分到 100000 分）\n" in shown
    assert "  auto_release_limit_fen=0  不用放行的提现，最多 0.00 元（" in shown


def test_the_shell_alone_makes_stricter_at_once(flask, in_force, versions):
    done = flask(COUNTY, "reviews", "second_percent=20")

    assert (done.exit_code, done.output.splitlines()[0]) == (0, "In force.")
    assert in_force() == ReviewSettings(second_percent=20)
    assert versions() == [(1, None, None)]


@pytest.mark.parametrize("words", ["second_percent=4", "second_percent=20 lease_minutes=9"])
def test_the_shell_alone_makes_nothing_looser(flask, in_force, words):
    refused = flask(COUNTY, "reviews", *words.split())

    assert refused.exit_code == 1
    assert refused.output == (
        "Error: 命令行一个人只能把规定改严；放宽要用 --by 写明是哪位县管理员提出，"
        "再由另一位管理员同意\n"
    )
    assert in_force() == ReviewSettings()


def test_the_shell_proposes_in_an_administrators_name(app, flask, phone, in_force, another, noon):
    done = flask(COUNTY, "reviews", "second_percent=4", "--by", phone)

    assert (done.exit_code, done.output.splitlines()[0]) == (0, "Proposed.")
    assert in_force() == ReviewSettings()
    (proposal,) = another.get("/api/v1/proposals?to_decide=true").json["items"]
    agree(another, proposal["id"])
    a_day_goes_by(app, noon)
    assert in_force() == ReviewSettings(second_percent=4)


def test_nobody_elses_name_proposes(office_phone, flask, in_force):
    finance, nobody = office_phone("13900000022", Role.FINANCE), "13900000023"

    for phone in (finance, nobody):
        assert flask(COUNTY, "reviews", "second_percent=4", "--by", phone).exit_code == 1
    assert in_force() == ReviewSettings()


@pytest.mark.parametrize(
    "words",
    [
        "weather",
        "reviews second=4",
        "reviews second_percent",
        "reviews second_percent=many",
        "reviews second_percent=-1",
        "rounds pass_from=80",
    ],
)
def test_words_that_are_no_setting_change_nothing(flask, in_force, words):
    assert flask(COUNTY, *words.split()).exit_code == 2
    assert in_force() == ReviewSettings()


@pytest.mark.parametrize("words", ["photos photo_months=11", "photos photo_months=121"])
def test_pictures_are_kept_for_a_year_and_for_ten_at_most(flask, phone, words):
    refused = flask(COUNTY, *words.split(), "--by", phone)

    assert refused.output == "Error: “照片保存”要在 12 个月到 120 个月之间，请改一改\n"


def test_a_county_that_is_not_there_chooses_nothing(flask):
    for words in ([], ["reviews"], ["reviews", "second_percent=20"]):
        assert flask(990199, *words).exit_code == 1


# The proof -----------------------------------------------------------------------------------


AGREED = "a_setting_was_agreed_to"


def test_what_two_people_and_then_the_shell_chose_is_true(admin, chosen, flask, altered):
    chosen(admin, "reviews/settings", MORE, "put")
    assert flask(COUNTY, "reviews", "second_percent=20").exit_code == 0

    assert AGREED not in altered(lambda _: None)


@pytest.mark.parametrize(
    "lie",
    [
        "UPDATE county_settings SET content = jsonb_set(content, '{second_percent}', '3')",
        "UPDATE county_settings SET set_by = gen_random_uuid() WHERE proposal_id IS NOT NULL",
        "UPDATE county_settings SET proposal_id = gen_random_uuid()",
        "UPDATE county_settings SET name = 'cards'",
        "UPDATE proposals SET state = 'declined', effective_at = NULL, done_at = NULL",
        "INSERT INTO county_settings SELECT county_id, name, version + 1, content, set_by, set_at"
        "  FROM county_settings WHERE version = 1 ON CONFLICT DO NOTHING",
        "INSERT INTO county_settings SELECT county_id, name, version + 2, content, NULL, set_at"
        "  FROM county_settings",
        "DELETE FROM audit_events WHERE action = 'reviews.set_settings' AND actor_id IS NULL",
    ],
)
def test_a_setting_that_nobody_agreed_to_is_found(committed, admin, chosen, flask, altered, lie):
    chosen(admin, "reviews/settings", MORE, "put")
    flask(COUNTY, "reviews", "second_percent=20")
    if lie.startswith("INSERT INTO county_settings SELECT county_id, name, version + 1"):
        lie = lie.replace("version + 1", "version + 5")

    assert AGREED in altered(lambda connection: connection.execute(text(lie)))

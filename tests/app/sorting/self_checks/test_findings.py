"""What screening notices, what it weighs, and who may read what of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PIL import ImageFilter

from app.kernel.db import db, transaction
from app.outside.opinions import HttpOpinions, Opinion
from app.photos.fingerprints.models import PhotoMeasures
from app.photos.models import Photo, PhotoState
from app.register.identity.roles import Role
from app.sorting.self_checks import leasing
from app.sorting.self_checks.findings import _SENTENCES, DECIDES, WEIGHTS, _sentence
from app.sorting.self_checks.models import FindingReason, SelfCheck
from app.sorting.self_checks.screening import Evidence, look_at
from tests.given import pictures
from tests.given.self_checks import leased, screen, send

AT = datetime(2026, 6, 1, 4, tzinfo=UTC)
HOME = (30.747, 120.751)


@pytest.fixture(autouse=True)
def whole_queue(monkeypatch):
    """A reviewer is lent all that waits."""
    monkeypatch.setattr(leasing, "BATCH", 100)


@pytest.fixture
def seen(reviewer):
    """The findings on the newest photo of the queue."""

    def read(client=reviewer):
        return leased(client)[-1]["findings"]

    return read


@pytest.fixture
def sent(given, family, noon):
    """A minute later send a photo and have it screened; returns its id."""
    clients = {}

    def run(content: bytes, of=family) -> str:
        client = clients.setdefault(of.id, given.resident(of))
        noon.move(minutes=1)
        answer = send(client, content)
        assert answer.status_code == 201, answer.json
        screen(answer.json["id"])
        return answer.json["photo_id"]

    return run


def made(**changed) -> PhotoMeasures:
    ordinary = {
        "received_at": AT,
        "form": "JPEG",
        "upload_width": 4000,
        "upload_height": 3000,
        "has_camera": True,
        "taken_at": None,
        "latitude": None,
        "longitude": None,
        "sharpness": 200,
        "flat_percent": 10,
    }
    return PhotoMeasures(**ordinary | changed)


def reasons(measures: PhotoMeasures | None = None, **known) -> list[tuple[str, int, dict]]:
    photo = Photo(state=PhotoState.READY, brightness=120, width=1600, height=1200)
    found = look_at(photo, Evidence(measures=measures or made(), **known))
    return [(finding.reason.value, finding.weight, dict(finding.detail)) for finding in found]


def test_every_reason_has_a_weight_and_a_sentence_and_only_exact_repeats_decide():
    assert set(WEIGHTS) == set(_SENTENCES) == set(FindingReason)
    assert [r for r, weight in WEIGHTS.items() if weight >= DECIDES] == [FindingReason.EXACT_REPEAT]


def test_an_ordinary_photo_has_no_findings():
    assert reasons() == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"sharpness": 49}, [("blurred", 50, {"sharpness": 49})]),
        ({"sharpness": 50}, []),
        (
            {"taken_at": AT - timedelta(days=3)},
            [("taken_long_ago", 60, {"days": 3})],
        ),
        ({"taken_at": AT - timedelta(days=2)}, []),
        ({"taken_at": AT + timedelta(days=9)}, []),  # a camera's clock that is wrong
    ],
)
def test_what_the_upload_tells_is_weighed(changed, expected):
    assert reasons(made(**changed)) == expected


@pytest.mark.parametrize(
    ("changed", "is_like_a_screen"),
    [
        ({"form": "PNG", "upload_width": 1080, "upload_height": 2340, "flat_percent": 60}, True),
        ({"upload_width": 2340, "upload_height": 1080, "flat_percent": 60}, True),
        ({"upload_width": 1080, "upload_height": 1920, "flat_percent": 60}, False),
        ({"form": "PNG", "upload_width": 1080, "upload_height": 1920, "flat_percent": 60}, True),
        ({"form": "PNG", "upload_width": 1080, "upload_height": 2340, "flat_percent": 19}, False),
        ({"form": "PNG", "upload_width": 3000, "upload_height": 4000, "flat_percent": 60}, False),
        ({"upload_width": 1080, "upload_height": 2340, "flat_percent": 34}, False),
    ],
)
def test_a_picture_of_a_screen_is_told_by_its_shape_and_its_flatness(changed, is_like_a_screen):
    found = reasons(made(has_camera=False, **changed))

    assert [reason for reason, _, _ in found] == ["screenshot"] * is_like_a_screen
    assert reasons(made(has_camera=True, **changed)) == []


def test_a_place_far_from_where_the_household_takes_its_photos_is_told_in_kilometres():
    near = made(latitude=Decimal("30.780"), longitude=Decimal("120.751"))
    far = made(latitude=Decimal("30.250"), longitude=Decimal("120.160"))

    assert reasons(near, usual_place=HOME) == []
    assert reasons(far, usual_place=HOME) == [("taken_elsewhere", 50, {"kilometres": 79})]
    assert reasons(far, usual_place=None) == []


def test_the_sixth_photo_of_a_day_is_told():
    assert reasons(sent_today=5) == []
    assert reasons(sent_today=6) == [("too_many_today", 40, {"count": 6})]


def test_a_models_opinion_weighs_by_its_confidence():
    found = reasons(opinion=Opinion("http", "没有垃圾", 0.75))

    assert found == [
        (
            "model_opinion",
            45,
            {"model": "http", "label": "没有垃圾", "confidence_percent": 75},
        )
    ]


def test_a_cropped_and_mirrored_photo_of_another_household_is_told_to_the_reviewer(
    given, family, sent, seen, noon
):
    original = pictures.originals()[0]
    first = sent(pictures.encoded(original, quality=90), given.household(village=family.village))
    noon.move(days=40)
    altered = original.crop((20, 20, original.width - 20, original.height - 20)).transpose(0)

    sent(pictures.encoded(altered, quality=60))

    near = next(finding for finding in seen() if finding["reason"] == "near_repeat")
    assert all(first in near.pop(link) for link in ("thumb_url", "photo_url"))
    assert near == {
        "reason": "near_repeat",
        "weight": 80,
        "message": "和别家6月1日交的一张照片几乎一样，请对比着看",
        "photo_id": first,
    }


def test_a_reviewer_of_another_area_learns_only_the_day(given, family, sent, seen):
    other = given.household(village=given.village())
    picture = pictures.picture(0)
    sent(pictures.encoded(picture, quality=90), other)
    sent(pictures.encoded(picture, quality=60))
    here = given.staff(Role.REVIEWER, family.village.id)

    near = next(finding for finding in seen(here) if finding["reason"] == "near_repeat")

    assert near["message"] == "和别家6月1日交的一张照片几乎一样，请对比着看"
    assert near["photo_id"] is None


def test_the_households_own_photo_is_called_its_own(sent, seen):
    sent(pictures.encoded(pictures.picture(0), quality=90))
    sent(pictures.encoded(pictures.picture(0), quality=60))

    assert "和自己家6月1日交的一张照片几乎一样，请对比着看" in [f["message"] for f in seen()]


def test_an_exact_repeat_is_not_told_twice(app, sent):
    sent(pictures.photo())
    sent(pictures.photo())

    with app.app_context():
        newest = db.session.scalars(db.select(SelfCheck).order_by(SelfCheck.id.desc())).first()
    reasons = {finding["reason"] for finding in newest.findings}
    assert ("exact_repeat" in reasons, "near_repeat" in reasons) == (True, False)


@pytest.mark.parametrize(
    ("detail", "message"),
    [
        ({"is_own": True}, "和自己家以前交过的一张照片完全一样"),
        ({"is_own": False}, "和别家以前交过的一张照片完全一样"),
        ({}, "和以前交过的一张照片完全一样"),  # as it was written down before
    ],
)
def test_whose_photo_an_exact_repeat_is_is_told(detail, message):
    assert _sentence(FindingReason.EXACT_REPEAT, detail) == message


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_screenshot_waits_with_its_finding(sent, seen, form):
    sent(pictures.screenshot(form))

    assert {key: value for key, value in seen()[0].items() if key != "message"} == {
        "reason": "screenshot",
        "weight": 70,
        "photo_id": None,
        "thumb_url": None,
        "photo_url": None,
    }
    assert seen()[0]["message"] == "像是手机截图，不像现拍的照片"


def test_a_blurred_photo_waits_with_its_finding(sent, seen):
    sent(pictures.encoded(pictures.picture(0).filter(ImageFilter.GaussianBlur(8))))

    assert [(f["reason"], f["message"]) for f in seen()] == [("blurred", "照片模糊")]


def test_a_photo_taken_days_ago_and_far_away_waits_with_both_findings(sent, seen, noon):
    for n in range(3):
        sent(pictures.by_camera("2026:06:01 11:00:00", HOME, n))
    noon.move(days=1)

    sent(pictures.by_camera("2026:05:25 08:00:00", (30.25, 120.16), 7))

    told = {finding["reason"]: finding["message"] for finding in seen()}
    assert told["taken_long_ago"] == "照片是8天前拍的"
    assert told["taken_elsewhere"] == "拍照的地方离这家平时拍照的地方约79公里"


def test_many_photos_a_day_are_counted_for_each_household_and_day(app, given, family, sent, noon):
    for n in range(5):
        sent(pictures.photo(n))
    neighbour = given.household(village=family.village)

    sent(pictures.photo(5))
    sent(pictures.photo(6), neighbour)
    noon.move(days=1)
    sent(pictures.photo(7))

    with app.app_context():
        rows = db.session.scalars(db.select(SelfCheck).order_by(SelfCheck.id)).all()
    counted = [
        [finding["detail"] for finding in row.findings if finding["reason"] == "too_many_today"]
        for row in rows
    ]
    assert counted == [[], [], [], [], [], [{"count": 6}], [], []]


def test_a_queue_of_repeats_takes_no_more_queries_than_one(sent, reviewer, queries):
    def asked() -> int:
        with queries() as seen:
            leased(reviewer)
        return len(seen)

    for quality in (95, 90):
        sent(pictures.encoded(pictures.picture(0), quality=quality))
    two = asked()
    reviewer.delete("/api/v1/reviews/leases")
    for quality in (85, 80, 75):
        sent(pictures.encoded(pictures.picture(0), quality=quality))

    assert asked() == two


def test_findings_from_before_there_were_details_are_still_read(app, sent, seen):
    sent(pictures.photo())
    with app.app_context(), transaction():
        row = db.session.scalars(db.select(SelfCheck)).one()
        row.findings = [{"reason": "too_dark", "weight": 60}]

    assert seen() == [
        {
            "reason": "too_dark",
            "weight": 60,
            "message": "照片太暗",
            "photo_id": None,
            "thumb_url": None,
            "photo_url": None,
        }
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            '{"label": "没有垃圾", "confidence": 0.5}',
            [("model_opinion", 30, "机器看这张照片：没有垃圾（把握50%）")],
        ),
        ("nonsense", []),
    ],
)
def test_the_queue_goes_on_whatever_the_model_says(
    app, model, sent, seen, monkeypatch, answer, expected
):
    model.answer = answer.encode()
    opinions = HttpOpinions(model.url, "key", app.extensions["redis"])
    monkeypatch.setattr(app.extensions["clients"], "_opinions", opinions)

    sent(pictures.photo())

    told = [(f["reason"], f["weight"], f["message"]) for f in seen()]
    assert [finding for finding in told if finding[0] == "model_opinion"] == expected
    ((_, _, _, shown),) = model.asked
    assert shown.startswith(b"\xff\xd8\xff")

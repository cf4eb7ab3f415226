"""A resident sends a photo of their sorting, and it is screened."""

from uuid import uuid4

import pytest
from PIL import Image

from app.kernel import jobs as kernel_jobs
from app.kernel.db import db
from app.photos import service
from app.photos.models import Photo
from app.photos.screening import DecoderFailed, parent
from app.sorting.self_checks import jobs
from app.sorting.self_checks.models import SelfCheck
from tests.given import pictures
from tests.given.factories import COUNTY
from tests.given.http import assert_refused
from tests.given.self_checks import judge, leased, screen, send


@pytest.fixture
def resident(given, family):
    return given.resident(family)


@pytest.fixture
def rows(app):
    def count(model) -> int:
        with app.app_context():
            return db.session.query(model).count()

    return count


@pytest.fixture
def queued(app):
    def read() -> list[tuple[str, tuple]]:
        with app.app_context():
            return [(job.func_name, tuple(job.args)) for job in kernel_jobs.queue().jobs]

    return read


def mine(client, self_check_id):
    return client.get(f"/api/v1/self-checks/{self_check_id}").json


def test_a_photo_is_taken_and_its_screening_is_queued(resident, queued, noon):
    sent = send(resident)

    assert sent.status_code == 201
    assert sent.json == {
        "id": sent.json["id"],
        "photo_id": sent.json["photo_id"],
        "thumb_url": sent.json["thumb_url"],
        "photo_url": sent.json["photo_url"],
        "state": "screening",
        "submitted_at": noon().isoformat(),
        "reviewed_at": None,
        "reject_reason": None,
        "points": 0,
        "message": "照片已收到，正在处理",
        "can_appeal_until": None,
        "appeal": None,
        "mistake": None,
    }
    assert queued() == [("app.sorting.self_checks.jobs.screen", (str(COUNTY), sent.json["id"]))]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_of_each_kind_waits_for_review_once_screened(resident, form):
    content = pictures.encoded(pictures.picture(), form)
    sent = send(resident, content, name="whatever.gif")

    screen(sent.json["id"])

    assert mine(resident, sent.json["id"])["state"] == "waiting"
    assert mine(resident, sent.json["id"])["message"] == "照片已收到，等待审核"


def test_the_same_request_twice_makes_one_self_check(resident, rows):
    content, key = pictures.photo(), uuid4().hex

    first, second = send(resident, content, key=key), send(resident, content, key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert (rows(SelfCheck), rows(Photo)) == (1, 1)


def test_another_photo_under_the_same_key_is_refused(resident, rows):
    key = uuid4().hex
    send(resident, pictures.photo(1), key=key)

    second = send(resident, pictures.photo(2), key=key)

    assert (second.status_code, second.json["code"]) == (409, "idempotency.key_reused")
    assert rows(SelfCheck) == 1


@pytest.mark.parametrize(
    ("content", "status", "code", "message"),
    [
        (b"", 422, "photo.empty", "照片是空的，请重新拍一张再上传"),
        (
            b"\xff\xd8\xff" + bytes(11 << 20),
            413,
            "photo.too_large",
            "照片超过 10 MB，请选小一点的照片",
        ),
        (bytes(50 << 20), 413, "http_413", "文件太大，请压缩后再上传"),
        *[
            (
                content,
                415,
                "photo.not_a_photo",
                "这不是照片，请上传手机拍的照片（JPG、PNG、WebP 或 AVIF 格式）",
            )
            for content in (pictures.SVG, pictures.PDF, pictures.HTML)
        ],
        *[
            (
                content,
                415,
                "photo.moves",
                "这是动图或视频，不是照片，请用手机相机拍一张照片再上传",
            )
            for content in (pictures.gif(), pictures.FILM)
        ],
        *[
            (
                content,
                415,
                "photo.heic",
                "这张照片是 HEIC 格式，这里打不开。请把手机相机设成兼容格式再拍："
                "苹果手机在“设置—相机—格式”里选“兼容性最佳”，"
                "其他手机在相机设置里关掉 HEIF/高效格式",
            )
            for content in (pictures.HEIC, pictures.HEIC.replace(b"heic", b"mif1", 1))
        ],
    ],
    ids=["empty", "11 MB", "50 MB", "svg", "pdf", "html", "gif", "film", "heic", "heif"],
)
def test_what_is_plainly_no_photo_is_refused_at_once(
    resident, rows, queued, content, status, code, message
):
    sent = send(resident, content)

    assert (sent.status_code, sent.json["code"]) == (status, code)
    assert sent.json["message"] == message
    assert (rows(SelfCheck), rows(Photo), queued()) == (0, 0, [])


@pytest.mark.parametrize("brand", [b"avif", b"mif1"])
def test_an_avif_that_nothing_here_reads_is_refused_with_what_to_choose(
    resident, rows, queued, monkeypatch, brand
):
    monkeypatch.setattr(service, "READS_AVIF", False)

    sent = send(resident, b"\0\0\0\x1cftyp" + brand + b"\0\0\0\0avifmif1miaf" + bytes(100))

    assert_refused(
        sent,
        415,
        "photo.avif",
        "手机把这张照片存成了 AVIF 格式，这里打不开。"
        "请在手机相机设置里把照片格式改成 JPG（也叫“兼容格式”），再拍一张",
    )
    assert (rows(SelfCheck), rows(Photo), queued()) == (0, 0, [])


@pytest.mark.skipif(not service.READS_AVIF, reason="built without AVIF")
def test_an_avif_is_a_photo_like_any_other(resident, rows):
    content = pictures.encoded(pictures.picture(), "AVIF")

    assert send(resident, content).status_code == 201
    assert rows(Photo) == 1


def test_a_form_without_a_photo_is_refused(resident, rows):
    sent = resident.post(
        "/api/v1/self-checks",
        data={"photo": "not a file"},
        content_type="multipart/form-data",
        headers={"Idempotency-Key": uuid4().hex},
    )

    assert (sent.status_code, sent.json["code"]) == (422, "invalid_request")
    assert rows(SelfCheck) == 0


def test_a_photo_without_a_key_is_refused(resident, rows):
    sent = resident.post("/api/v1/self-checks", data={})

    assert (sent.status_code, sent.json["code"]) == (400, "idempotency.key_missing")
    assert rows(SelfCheck) == 0


def test_only_a_bound_resident_may_send_photos(given, app):
    assert send(app.test_client()).status_code == 401
    assert send(given.visitor()).status_code == 403


def test_a_polyglot_is_shown_without_its_other_half(resident):
    sent = send(resident, pictures.polyglot())

    screen(sent.json["id"])

    shown = resident.get(f"/api/v1/photos/{sent.json['photo_id']}")
    assert shown.status_code == 200
    assert pictures.SCRIPT not in shown.data


def test_the_very_same_photo_again_is_refused_also_from_another_household(given, family, resident):
    neighbour = given.resident(given.household(village=family.village))
    content = pictures.photo()
    first, again, theirs = (
        send(resident, content),
        send(resident, content),
        send(neighbour, content),
    )
    for sent in (first, again, theirs):
        screen(sent.json["id"])

    assert mine(resident, first.json["id"])["state"] == "waiting"
    for client, sent, message in (
        (resident, again, "这张照片以前交过了，请重新拍一张今天的"),
        (neighbour, theirs, "这张照片别家已经交过了，请拍自己家今天的垃圾"),
    ):
        found = mine(client, sent.json["id"])
        assert (found["state"], found["reject_reason"]) == ("rejected", "repeated_photo")
        assert found["message"] == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            pictures.bomb_png(),
            "照片的尺寸太大，打不开，请在相机设置里把照片尺寸调小，重新拍一张",
        ),
        (pictures.truncated(), "照片没有传完整，打不开，请在信号好的地方重新拍一张再传"),
        (
            b"\xff\xd8\xff" + pictures.HTML,
            "这个文件里没有照片，请用手机相机重新拍一张",
        ),
    ],
    ids=["too large", "cut", "none"],
)
def test_who_sent_a_file_that_cannot_be_opened_is_told_what_is_wrong_with_it(
    resident, content, message
):
    sent = send(resident, content)

    screen(sent.json["id"])

    found = mine(resident, sent.json["id"])
    assert (found["state"], found["reject_reason"]) == ("unreadable", "unreadable")
    assert found["message"] == message
    assert resident.get(f"/api/v1/photos/{found['photo_id']}").status_code == 404


def test_a_dark_or_small_photo_waits_with_an_opinion_beside_it(resident, reviewer):
    dark = Image.new("RGB", (300, 200), (9, 9, 9))
    sent = send(resident, pictures.encoded(dark))

    screen(sent.json["id"])

    (queued,) = leased(reviewer)
    nothing = {"photo_id": None, "thumb_url": None, "photo_url": None}
    assert queued["findings"] == [
        {"reason": "too_dark", "weight": 60, "message": "照片太暗", **nothing},
        {"reason": "too_small", "weight": 30, "message": "照片太小", **nothing},
    ]


def test_screening_twice_changes_nothing(resident, reviewer, waiting, family):
    self_check_id = waiting()
    judge(reviewer, self_check_id)

    screen(self_check_id)

    with_verdict = leased(reviewer)
    assert with_verdict == []
    assert mine(resident, self_check_id)["state"] == "approved"


def test_a_killed_decoder_leaves_the_self_check_for_the_sweep(
    resident, queued, monkeypatch, tmp_path, noon, app
):
    sent = send(resident)
    killed = tmp_path / "killed.py"
    killed.write_text("import os; os.kill(os.getpid(), 9)")
    with monkeypatch.context() as dying:
        dying.setattr(parent, "DECODER", killed)
        with pytest.raises(DecoderFailed):
            screen(sent.json["id"])
    assert mine(resident, sent.json["id"])["state"] == "screening"
    app.extensions["redis"].flushdb()  # the queue lost everything

    noon.move(minutes=6)
    jobs.screen_left_behind()

    assert queued() == [("app.sorting.self_checks.jobs.screen", (str(COUNTY), sent.json["id"]))]
    screen(sent.json["id"])
    assert mine(resident, sent.json["id"])["state"] == "waiting"


def test_the_sweep_leaves_fresh_and_screened_self_checks_alone(
    waiting, resident, queued, app, noon
):
    waiting()
    noon.move(minutes=5)
    send(resident)
    app.extensions["redis"].flushdb()

    jobs.screen_left_behind()

    assert queued() == []


def test_a_household_lists_its_own_self_checks_newest_first(given, family, resident, noon):
    ids = []
    for _ in range(3):
        ids.append(send(resident).json["id"])
        noon.move(minutes=1)
    send(given.resident(given.household(village=family.village)))

    first = resident.get("/api/v1/self-checks?limit=2").json
    rest = resident.get(f"/api/v1/self-checks?limit=2&before={first['next']}").json

    assert [item["id"] for item in first["items"]] == [ids[2], ids[1]]
    assert [item["id"] for item in rest["items"]] == [ids[0]]
    assert rest["next"] is None


def test_somebody_elses_self_check_is_not_found(given, family, resident):
    sent = send(resident)
    neighbour = given.resident(given.household(village=family.village))

    found = neighbour.get(f"/api/v1/self-checks/{sent.json['id']}")

    assert (found.status_code, found.json["code"]) == (404, "self_check.not_found")

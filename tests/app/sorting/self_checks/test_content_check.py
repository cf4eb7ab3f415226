"""A photo is seen by nobody before WeChat has passed its content."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
from sqlalchemy import select

from app.kernel import jobs as kernel_jobs
from app.kernel.audit.models import AuditEvent
from app.kernel.db import db, transaction
from app.outside.wechat import WeChatMisconfigured, WeChatUnavailable
from app.photos import checking
from app.photos import jobs as photo_jobs
from app.photos.models import ContentCheck, Photo, PhotoFault, PhotoState, Verdict
from app.register.identity import service as identity
from app.register.identity.roles import Role
from app.sorting.self_checks import jobs
from sandbox.serving import Server
from sandbox.wechat import WeChatStandIn
from sandbox.wechat import create_app as create_wechat
from sandbox.wechat_checks import PushPlace
from tests.given.factories import COUNTY
from tests.given.http import user_of
from tests.given.pushes import ADDRESS, Push, picture_checks
from tests.given.self_checks import leased, screen, send


@pytest.fixture
def checked(app, settings, monkeypatch):
    """The county has the content of photos checked."""
    clients = app.extensions["clients"]
    monkeypatch.setattr(clients, "_settings", replace(settings, content_check="wechat"))
    return app


@pytest.fixture
def user_id(checked, given, family, settings, noon):
    with checked.app_context(), transaction():
        signed_in = identity.sign_in(
            appid=settings.wechat_appid, openid="o-1", county_id=COUNTY, at=noon()
        )
        return signed_in.user_id


@pytest.fixture
def resident(given, family, user_id):
    return given.resident(family, user_id=user_id)


@pytest.fixture
def push(checked, settings, noon):
    return Push(checked.test_client(), settings, noon)


@pytest.fixture
def photo_of(app):
    def read(sent) -> Photo:
        with app.app_context():
            return db.session.get(Photo, (COUNTY, sent.json["photo_id"]))

    return read


@pytest.fixture
def run_queue(app):
    """Run what the queue holds, as the worker would."""

    def run() -> list[str]:
        with app.app_context():
            queue = kernel_jobs.queue()
            found = [(job.func, job.args, job.func_name) for job in queue.jobs]
            queue.empty()
        for function, arguments, _ in found:
            function(*arguments)
        return [name for _, _, name in found]

    return run


def state(client, sent) -> str:
    return client.get(f"/api/v1/self-checks/{sent.json['id']}").json["state"]


def seen_by(client, sent) -> int:
    return client.get(f"/api/v1/photos/{sent.json['photo_id']}").status_code


def test_a_photo_waits_unseen_until_wechat_passes_it(resident, reviewer, push, photo_of, run_queue):
    sent = send(resident)
    with picture_checks() as asked:
        screen(sent.json["id"])
    run_queue()

    assert photo_of(sent).state is PhotoState.CHECKING
    assert state(resident, sent) == "screening"
    assert (seen_by(resident, sent), seen_by(reviewer, sent)) == (409, 409)
    assert leased(reviewer) == []
    assert len(asked) == 1
    assert {name: asked[0][name] for name in ("media_type", "version", "openid")} == {
        "media_type": 2,
        "version": 2,
        "openid": "o-1",
    }

    answered = push.answer("t-1")

    assert (answered.status_code, answered.text) == (200, "success")
    assert run_queue() == ["app.sorting.self_checks.jobs.screen_photo"]
    assert state(resident, sent) == "waiting"
    assert (seen_by(resident, sent), seen_by(reviewer, sent)) == (200, 200)


def test_wechat_can_fetch_the_picture_from_our_own_door_for_two_hours(app, resident, noon):
    sent = send(resident)
    with picture_checks() as asked:
        screen(sent.json["id"])
    url = asked[0]["media_url"].removeprefix("http://fen.test")
    stranger = app.test_client()

    noon.move(hours=2)
    fetched = stranger.get(url)
    assert (fetched.status_code, fetched.mimetype) == (200, "image/jpeg")
    assert stranger.get(url.replace("until=1", "until=2")).status_code == 403
    assert stranger.get(url.replace("-shown", "-thumb")).status_code == 403
    noon.move(seconds=1)
    assert stranger.get(url).json["code"] == "photo.bad_signature"


def test_a_risky_photo_is_refused_with_a_sentence_that_teaches(
    resident, reviewer, push, photo_of, run_queue
):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
    run_queue()

    push.answer("t-1", "risky")
    run_queue()

    assert photo_of(sent).fault is PhotoFault.CONTENT_REFUSED
    mine = resident.get(f"/api/v1/self-checks/{sent.json['id']}").json
    assert (mine["state"], mine["reject_reason"]) == ("rejected", "content_refused")
    assert mine["message"] == "照片里有不合适的内容，没有收下，请只拍垃圾和垃圾桶"
    assert (seen_by(resident, sent), seen_by(reviewer, sent)) == (404, 404)


def test_an_answer_before_our_own_commit_is_kept_and_found(resident, push, app):
    sent = send(resident)
    push.answer("t-1")

    with picture_checks():
        screen(sent.json["id"])

    assert state(resident, sent) == "waiting"
    with app.app_context():
        (check,) = db.session.query(ContentCheck).all()
        assert (check.trace_id, check.verdict, check.label) == ("t-1", Verdict.PASSED, 100)


def test_an_answer_that_comes_twice_changes_nothing(resident, push, app, run_queue, noon):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
    push.answer("t-1")
    first = noon()
    noon.move(seconds=5)

    again = push.answer("t-1", "review")
    run_queue()

    assert again.text == "success"
    assert state(resident, sent) == "waiting"
    with app.app_context():
        check = db.session.get(ContentCheck, "t-1")
        assert (check.verdict, check.answered_at) == (Verdict.PASSED, first)


def test_of_two_questions_the_worse_answer_counts_however_late(resident, push, photo_of, noon):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
        noon.move(minutes=41)
        screen(sent.json["id"])
    push.answer("t-2")
    assert photo_of(sent).state is PhotoState.READY

    push.answer("t-1", "risky")

    assert photo_of(sent).fault is PhotoFault.CONTENT_REFUSED
    assert seen_by(resident, sent) == 404


@pytest.mark.parametrize(
    ("suggest", "fields"),
    [("review", {}), ("unheard-of", {}), (None, {})],
    ids=["review", "unknown", "nothing"],
)
def test_whatever_does_not_say_pass_is_left_to_a_person(
    resident, push, photo_of, suggest, fields, noon
):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])

    push.answer("t-1", suggest, **fields)

    waiting = photo_of(sent)
    assert (waiting.state, waiting.check_overdue_since) == (PhotoState.CHECKING, noon())
    assert seen_by(resident, sent) == 409


def test_a_photo_that_nobody_answers_for_is_asked_again_twice_and_then_left_to_a_person(
    resident, photo_of, run_queue, noon, app, all_logs
):
    sent = send(resident)
    with picture_checks() as asked:
        run_queue()
        for _ in range(4):
            noon.move(minutes=41)
            photo_jobs.check_left_behind()
            run_queue()

    assert len(asked) == 3
    assert len({body["media_url"] for body in asked}) == 3
    waiting = photo_of(sent)
    assert (waiting.state, waiting.check_tries) == (PhotoState.CHECKING, 3)
    assert waiting.check_overdue_since == noon.move(minutes=-41)
    told = all_logs()
    assert "photos.check_overdue" in told
    assert "photos.checks_late" in told
    assert seen_by(resident, sent) == 409
    assert "fen_photos_check_late 1.0" in app.test_client().get("/metrics").text


def test_the_sweep_gives_wechat_time_to_answer(resident, run_queue, noon):
    send(resident)
    with picture_checks():
        run_queue()
        noon.move(minutes=40)
        photo_jobs.check_left_behind()

    assert run_queue() == []


def test_a_picture_that_wechat_could_not_fetch_is_asked_about_again(
    resident, push, photo_of, run_queue, noon
):
    sent = send(resident)
    with picture_checks() as asked:
        screen(sent.json["id"])
        run_queue()
        push.answer("t-1", None, errcode=-1008)
        run_queue()
        noon.move(minutes=3)
        photo_jobs.check_left_behind()
        run_queue()
        push.answer("t-2")

    assert len(asked) == 2
    assert photo_of(sent).state is PhotoState.READY


@pytest.mark.parametrize("errcode", [-1, 45009, 48001])
def test_a_question_that_did_not_reach_wechat_is_not_counted(resident, photo_of, errcode):
    sent = send(resident)

    with (
        picture_checks({"errcode": errcode, "errmsg": "no"}),
        pytest.raises((WeChatUnavailable, WeChatMisconfigured)),
    ):
        screen(sent.json["id"])

    waiting = photo_of(sent)
    assert (waiting.check_tries, waiting.check_asked_at) == (0, None)
    assert waiting.state is PhotoState.CHECKING


@pytest.mark.parametrize("errcode", [61010, 43104, 87020])
def test_a_picture_that_wechat_will_not_look_at_counts_as_asked(resident, photo_of, errcode):
    sent = send(resident)

    with picture_checks({"errcode": errcode, "errmsg": "no"}):
        screen(sent.json["id"])

    assert photo_of(sent).check_tries == 1
    assert photo_of(sent).state is PhotoState.CHECKING


def test_a_sender_without_a_wechat_account_is_left_to_a_person(
    checked, given, family, photo_of, noon
):
    sent = send(given.resident(family))

    with picture_checks() as asked:
        screen(sent.json["id"])

    assert asked == []
    assert photo_of(sent).check_overdue_since == noon()


def test_the_sweep_of_sorting_leaves_photos_that_wait_for_wechat_and_takes_those_that_do_not(
    resident, run_queue, app, noon
):
    sent = send(resident)
    with picture_checks():
        run_queue()
    noon.move(minutes=6)
    jobs.screen_left_behind()
    assert run_queue() == []

    with app.app_context(), transaction():  # the push came, and its job was lost
        checking.record_answer(trace_id="t-1", verdict=Verdict.PASSED, label=100, at=noon())
    jobs.screen_left_behind()
    assert run_queue() == ["app.sorting.self_checks.jobs.screen"]
    assert state(resident, sent) == "waiting"


# A person decides --------------------------------------------------------------------------


@pytest.fixture
def left_to_a_person(resident, push):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
    push.answer("t-1", "review")
    return sent


@pytest.mark.parametrize(
    ("command", "becomes", "seen"), [("admit", "waiting", 200), ("refuse", "rejected", 404)]
)
def test_a_person_admits_or_refuses_what_no_machine_answered_for(
    app, given, family, resident, left_to_a_person, run_queue, tmp_path, command, becomes, seen
):
    run, photo_id = app.test_cli_runner().invoke, left_to_a_person.json["photo_id"]
    run_queue()
    root = family.village.county_region_id
    official = given.phone(user_of(app, given.staff(Role.OPERATOR, root)), "19900000001")
    given.staff(Role.COUNTY_ADMIN, root)  # from now on nothing is nobody's

    assert photo_id in run(args=["photo", "waiting"]).output
    picture = tmp_path / "photo.jpg"
    saving = ["photo", "save", str(COUNTY), photo_id, str(picture)]
    assert (run(args=saving).exit_code, picture.exists()) == (1, False)  # nobody looks unnamed
    assert run(args=[*saving, "--by", "19900000001"]).exit_code == 0
    assert picture.read_bytes().startswith(b"\xff\xd8\xff")
    deciding = ["photo", command, str(COUNTY), photo_id]
    nobodys = run(args=deciding)
    assert (nobodys.exit_code, "请用 --by 写明由谁来办" in nobodys.output) == (1, True)
    deciding += ["--by", "19900000001"]
    decided = run(args=deciding)
    assert decided.exit_code == 0, decided.output
    run_queue()
    with app.app_context():
        done = select(AuditEvent.actor_id).where(AuditEvent.action == f"photos.{command}")
        assert db.session.scalars(done).all() == [official]

    assert state(resident, left_to_a_person) == becomes
    assert seen_by(resident, left_to_a_person) == seen
    assert photo_id not in run(args=["photo", "waiting"]).output
    again = run(args=deciding)
    assert (again.exit_code, "这张照片不需要人工判断" in again.output) == (1, True)


# Pushes ------------------------------------------------------------------------------------


def test_the_console_is_answered_with_its_own_word(checked, push):
    query = push.signed("signature") | {"echostr": "5927782489442352469"}

    answered = checked.test_client().get(ADDRESS, query_string=query)

    assert (answered.status_code, answered.mimetype) == (200, "text/plain")
    assert answered.text == "5927782489442352469"


def test_a_push_in_xml_is_understood_like_one_in_json(resident, push, photo_of):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])

    answered = push.send(push.event("t-1"), is_xml=True)

    assert answered.text == "success"
    assert photo_of(sent).state is PhotoState.READY


def test_an_event_about_something_else_is_taken_and_ignored(push, app):
    answered = push.send(push.event("t-1", Event="subscribe_msg_popup_event"))

    assert answered.text == "success"
    with app.app_context():
        assert db.session.query(ContentCheck).count() == 0


FOREIGN_KEY = "q" * 42 + "E"
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
)


def test_a_push_that_is_not_wechats_is_refused_and_believed_in_nothing(
    resident, push, photo_of, app
):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
    event = push.event("t-1")
    client = app.test_client()
    good = push.place
    forged = [
        push.send(event, msg_signature="0" * 40),
        push.send(event, seconds_ago=601),
        push.send(event, seconds_ago=-601),
        push.send(event, timestamp="9" * 30),
        push.send(event, nonce="another"),
        client.post(ADDRESS, data=b""),
        client.post(ADDRESS, data=b"<xml>"),
        client.post(ADDRESS, data=b"[" * 100_000),
        client.post(ADDRESS, data=BILLION_LAUGHS),
        client.post(ADDRESS, json=event),  # in clear
        client.get(ADDRESS, query_string=push.signed("signature") | {"nonce": "x"}),
    ]
    push.place = replace(good, aes_key=FOREIGN_KEY)
    forged.append(push.send(event))
    push.place = replace(good, appid="wx-of-another")
    forged.append(push.send(event))
    query = push.signed("msg_signature", "AAAA")
    forged.append(client.post(ADDRESS, query_string=query, json={"Encrypt": "AAAA"}))

    assert sorted(answer.status_code for answer in forged) == [401] * 13 + [413]
    assert photo_of(sent).state is PhotoState.CHECKING
    with app.app_context():
        assert db.session.query(ContentCheck).filter_by(verdict=None).count() == 1


def test_answers_to_questions_that_were_never_ours_are_forgotten(push, app, noon):
    push.answer("t-of-another")
    noon.move(days=7, seconds=1)

    photo_jobs.check_left_behind()

    with app.app_context():
        assert db.session.query(ContentCheck).count() == 0


def test_question_and_answer_at_the_same_moment_always_meet(committed, resident, app, noon):
    sent = send(resident)
    with picture_checks():
        screen(sent.json["id"])
    with app.app_context():
        photo_id = db.session.query(Photo).one().id
    together = threading.Barrier(2)

    def ask(trace_id):
        with app.app_context(), transaction():
            together.wait()
            checking.record_question(
                trace_id=trace_id, county_id=COUNTY, photo_id=photo_id, at=noon()
            )

    def answer(trace_id):
        with app.app_context(), transaction():
            together.wait()
            checking.record_answer(trace_id=trace_id, verdict=Verdict.RISKY, label=20002, at=noon())

    with ThreadPoolExecutor(2) as pool:
        for n in range(20):
            with app.app_context(), transaction():
                photo = db.session.get(Photo, (COUNTY, photo_id))
                photo.state, photo.fault = PhotoState.CHECKING, None
            for done in [pool.submit(ask, f"r-{n}"), pool.submit(answer, f"r-{n}")]:
                done.result()
            with app.app_context():
                assert db.session.get(Photo, (COUNTY, photo_id)).state is PhotoState.REJECTED


# Against the stand-in, over real HTTP --------------------------------------------------------


@pytest.fixture
def served(app, committed, settings, monkeypatch, noon):
    """Our application and the stand-in for WeChat as servers that reach each other."""
    with Server(app) as ours:
        place = PushPlace(
            ours.url + ADDRESS,
            settings.wechat_push_token,
            settings.wechat_push_aes_key,
            settings.wechat_appid,
        )
        stand_in = WeChatStandIn(settings.wechat_appid, settings.wechat_secret, place)
        monkeypatch.setattr(stand_in.checks, "_now", lambda: noon().timestamp())
        monkeypatch.setattr(stand_in, "now", lambda: noon().timestamp())
        with Server(create_wechat(stand_in)) as wechat:
            clients = app.extensions["clients"]
            monkeypatch.setattr(clients, "_wechat", None)
            monkeypatch.setattr(clients, "_photos", None)
            monkeypatch.setattr(
                clients,
                "_settings",
                replace(
                    settings,
                    content_check="wechat",
                    wechat_api_base=wechat.url,
                    public_base_url=ours.url,
                ),
            )
            yield wechat.url


@pytest.mark.parametrize(
    ("kind", "becomes"),
    [
        ("pass", PhotoState.READY),
        ("risky", PhotoState.REJECTED),
        ("twice", PhotoState.READY),
        ("early", PhotoState.READY),
        ("review", PhotoState.CHECKING),
        ("forged", PhotoState.CHECKING),
        ("silent", PhotoState.CHECKING),
        ("undownloadable", PhotoState.CHECKING),
    ],
)
def test_the_stand_in_speaks_as_wechat_does(
    app, served, given, family, settings, noon, photo_of, kind, becomes
):
    with app.app_context(), transaction():
        user_id = identity.sign_in(
            appid=settings.wechat_appid, openid="o-1", county_id=COUNTY, at=noon()
        ).user_id
    sent = send(given.resident(family, user_id=user_id))
    told = {"kind": kind}
    requests.post(f"{served}/_sandbox/content-verdicts", json=told, timeout=5)

    screen(sent.json["id"])
    for thread in threading.enumerate():
        if "_look_and_push" in thread.name:
            thread.join(20)

    assert photo_of(sent).state is becomes

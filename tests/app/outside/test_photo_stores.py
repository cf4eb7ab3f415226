"""What every photo store promises, and how S3 fails."""

import base64
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import requests

from app.outside.photos import DiskPhotos, PhotoMissing, StoreAway, StoreFull
from app.outside.photos.s3 import S3Photos, S3Place
from tests.given.s3 import ACCESS_KEY, SECRET_KEY, new_bucket, s3_server

KEY = "0197fc3a0000700080000000000000ab-shown"
OTHER = "0197fc3a0000700080000000000000cd-shown"


@pytest.fixture(scope="module")
def s3():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["disk", "s3"])
def store(request, tmp_path):
    if request.param == "disk":
        return DiskPhotos(tmp_path / "photos")
    return S3Photos(new_bucket(request.getfixturevalue("s3")))


@pytest.fixture
def bucket(s3):
    return S3Photos(new_bucket(s3))


def read(store, key=KEY):
    with store.open(key) as file:
        return file.read()


def test_what_was_put_is_read_back(store):
    store.put(KEY, BytesIO(b"picture"))

    assert read(store) == b"picture"


def test_only_what_is_left_of_the_content_is_kept(store):
    content = BytesIO(b"headpicture")
    content.seek(4)

    store.put(KEY, content)

    assert read(store) == b"picture"


def test_what_is_read_is_a_real_file_at_its_beginning(store):
    store.put(KEY, BytesIO(b"picture"))

    with store.open(KEY) as file:
        assert file.fileno() > 2
        assert file.tell() == 0


def test_large_content_comes_back_whole(store):
    content = bytes(range(256)) * (10 << 12)

    store.put(KEY, BytesIO(content))

    assert read(store) == content


def test_a_second_put_replaces_the_first(store):
    store.put(KEY, BytesIO(b"first"))
    store.put(KEY, BytesIO(b"second"))

    assert read(store) == b"second"


def test_what_was_deleted_is_missing_and_deleting_again_is_no_error(store):
    store.put(KEY, BytesIO(b"picture"))

    store.delete(KEY)
    store.delete(KEY)

    with pytest.raises(PhotoMissing):
        store.open(KEY)


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 32, "A" * 32 + "-shown", KEY + "/x"])
def test_a_key_that_we_did_not_make_is_a_bug(store, key):
    for use in (store.open, store.delete, lambda key: store.put(key, BytesIO(b"picture"))):
        with pytest.raises(AssertionError):
            use(key)


def test_old_keys_are_listed_by_variant(store):
    now = datetime.now(UTC)
    for key in (KEY, OTHER, KEY.replace("shown", "thumb")):
        store.put(key, BytesIO(b"picture"))

    assert set(store.older_keys("shown", now + timedelta(hours=1))) == {KEY, OTHER}
    assert set(store.older_keys("shown", now - timedelta(hours=1))) == set()
    assert set(store.older_keys("original", now + timedelta(hours=1))) == set()


def test_a_bucket_is_listed_beyond_its_first_page(bucket):
    keys = {f"{n:032x}-shown" for n in range(1_001)}
    for key in keys:
        bucket.put(key, BytesIO(b"p"))

    assert set(bucket.older_keys("shown", datetime.now(UTC) + timedelta(hours=1))) == keys


def test_a_form_admits_one_key_one_type_and_a_size(bucket):
    form = bucket.form(KEY, content_type="image/jpeg", bytes_max=100, seconds=60)

    policy = json.loads(base64.b64decode(form.fields["policy"]))
    assert {"key": f"shown/{KEY}"} in policy["conditions"]
    assert {"Content-Type": "image/jpeg"} in policy["conditions"]
    assert ["content-length-range", 1, 100] in policy["conditions"]
    expires = datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(seconds=50) < expires - datetime.now(UTC) <= timedelta(seconds=60)
    assert SECRET_KEY not in json.dumps(form.fields)


def test_a_form_that_is_posted_puts_the_file_under_its_key(bucket):
    form = bucket.form(KEY, content_type="image/jpeg", bytes_max=100, seconds=60)

    sent = requests.post(form.url, data=form.fields, files={"file": b"picture"}, timeout=10)

    assert sent.status_code == 204
    assert read(bucket) == b"picture"


def test_a_link_is_read_by_anybody_who_holds_it(bucket):
    bucket.put(KEY, BytesIO(b"picture"))

    link = bucket.link(KEY, seconds=60)

    assert requests.get(link, timeout=10).content == b"picture"
    assert "X-Amz-Expires=60" in link
    assert SECRET_KEY not in link


# How S3 fails ------------------------------------------------------------------------------


def answering(status: int, code: str):
    """A server that refuses everything; as a context, its address."""
    from flask import Flask, Response

    from sandbox.serving import Server

    app = Flask("refusing")

    @app.route("/", defaults={"path": ""}, methods=["GET", "PUT", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "PUT", "DELETE"])
    def refuse(path):
        body = f"<Error><Code>{code}</Code><Message>{ACCESS_KEY}</Message></Error>"
        return Response(body, status, content_type="application/xml")

    return Server(app)


@pytest.mark.parametrize(
    ("status", "code", "refusal"),
    [
        (403, "AccessDenied", StoreAway),
        (403, "QuotaExceeded", StoreFull),
        (507, "XMinioStorageFull", StoreFull),
        (500, "InternalError", StoreAway),
    ],
)
def test_what_a_store_refuses_keeps_its_meaning_and_its_keys(status, code, refusal, all_logs):
    with answering(status, code) as server:
        store = S3Photos(S3Place("b", server.url, "us-east-1", ACCESS_KEY, SECRET_KEY))
        with pytest.raises(refusal):
            store.put(KEY, BytesIO(b"picture"))

    told = all_logs()
    assert code in told
    assert ACCESS_KEY not in told
    assert SECRET_KEY not in told


def test_a_bucket_that_is_not_there_is_no_missing_photo(s3):
    store = S3Photos(S3Place("nothere", s3, "us-east-1", ACCESS_KEY, SECRET_KEY))

    with pytest.raises(StoreAway):
        store.open(KEY)


def test_a_store_that_nobody_answers_for_is_away():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"

    store = S3Photos(S3Place("b", url, "us-east-1", ACCESS_KEY, SECRET_KEY))
    for use in (store.open, store.delete, lambda key: store.put(key, BytesIO(b"picture"))):
        with pytest.raises(StoreAway):
            use(KEY)


def test_a_store_that_does_not_answer_in_time_is_away():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        place = S3Place("b", url, "us-east-1", ACCESS_KEY, SECRET_KEY)
        with pytest.raises(StoreAway):
            S3Photos(place, timeout_seconds=(0.2, 0.2)).open(KEY)


def test_content_that_breaks_off_is_no_photo():
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: "x"\r\n\r\npict'

        def cut_off():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=cut_off)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(StoreAway):
            S3Photos(S3Place("b", url, "us-east-1", ACCESS_KEY, SECRET_KEY)).open(KEY)
        thread.join()


def test_the_keys_of_a_bucket_are_not_shown_with_its_place():
    shown = repr(S3Place("b", "http://s3", "us-east-1", ACCESS_KEY, SECRET_KEY))

    assert ACCESS_KEY not in shown
    assert SECRET_KEY not in shown

"""A model that looks at photos, over real HTTP; whatever it does, screening goes on."""

from dataclasses import replace

import pytest

from app.config import BadSettings, read_settings
from app.outside.opinions import HttpOpinions, NoOpinions, Opinion

JPEG = b"\xff\xd8\xff..."


@pytest.fixture
def opinions(app, model):
    return HttpOpinions(model.url, "key", app.extensions["redis"], timeout_seconds=(1.0, 0.2))


def test_the_model_is_shown_the_photo_and_says_what_it_sees(model, opinions):
    assert opinions.on(JPEG) == Opinion("http", "像是厨余垃圾", 0.83)
    assert model.asked == [("/look", "image/jpeg", "Bearer key", JPEG)]


def test_a_model_with_nothing_to_say_says_nothing(model, opinions):
    model.answer = b'{"label": "", "confidence": 0.2}'

    assert opinions.on(JPEG) is None
    assert opinions.on(JPEG) is None
    assert len(model.asked) == 2


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b""),
        (302, b""),
        (200, b"nonsense"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"label": "x"}'),
        (200, b'{"label": "x", "confidence": 7}'),
        (200, b'{"label": "x", "confidence": NaN}'),
        (200, b'"' + bytes(20_000)),
    ],
)
def test_a_model_that_fails_has_no_opinion_and_is_left_alone_for_a_minute(
    app, model, opinions, status, answer
):
    model.status, model.answer = status, answer

    assert opinions.on(JPEG) is None
    assert opinions.on(JPEG) is None

    assert len(model.asked) == 1
    assert 0 < app.extensions["redis"].ttl("opinions:paused") <= 60


def test_a_model_that_does_not_answer_in_time_has_no_opinion(model, opinions):
    model.released.clear()

    assert opinions.on(JPEG) is None
    assert len(model.asked) == 1


def test_a_model_that_is_not_there_has_no_opinion(app, model, opinions):
    away = HttpOpinions("http://127.0.0.1:1/look", "key", app.extensions["redis"])

    assert away.on(JPEG) is None


def test_without_a_setting_there_is_no_model(app):
    assert isinstance(app.extensions["clients"].opinions(), NoOpinions)
    assert NoOpinions().on(JPEG) is None


def test_the_model_that_is_set_is_asked(another_app, settings, model):
    changed = replace(settings, opinion_adapter="http", opinion_url=model.url, opinion_key="key")

    found = another_app(changed).extensions["clients"].opinions()

    assert found.on(JPEG) == Opinion("http", "像是厨余垃圾", 0.83)


@pytest.mark.parametrize(
    "environ",
    [{"OPINION_ADAPTER": "magic"}, {"OPINION_ADAPTER": "http", "OPINION_URL": "http://m"}],
)
def test_a_model_that_is_half_set_stops_the_start(environ, tmp_path):
    with pytest.raises(BadSettings, match="OPINION_ADAPTER"):
        read_settings({"FEN_HOME": str(tmp_path), **environ})

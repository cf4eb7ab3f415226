"""JSON of others is read, and what nothing behind it could keep is refused."""

import pytest

from app.kernel.foreign_json import NotJson, NotKeepable, is_keepable, read


def test_plain_json_is_read():
    found = read('\ufeff{"名": ["\\ud83d\\ude00", 1, -2.5, null, true]}'.encode())

    assert found == {"名": ["😀", 1, -2.5, None, True]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' + b"[" * 30 + b"]" * 30 + b"}",
    ],
)
def test_what_is_no_json_or_is_nested_too_deeply_is_refused(content):
    with pytest.raises(NotJson):
        read(content)


@pytest.mark.parametrize(
    "value",
    [
        '"\\u0000"',
        '"\\ud83d"',
        '"\\ude00\\ud83d"',
        "1e999",
        "9223372036854775808",
        "-99999999999999999999",
        '[{"b": "\\u0000"}]',
        '{"b\\u0000": 1}',
    ],
)
def test_a_value_that_nothing_can_keep_is_refused_by_its_field(value):
    with pytest.raises(NotKeepable) as refused:
        read(f'{{"a": {value}}}'.encode())

    assert refused.value.field == "a"


def test_half_of_a_character_and_nul_cannot_be_kept():
    assert is_keepable("𠮷😀")
    assert not is_keepable("a\0")
    assert not is_keepable("\ud842")

"""Personal data is sealed for one purpose, found by blind index, and masked where it is shown."""

import base64

import pytest

from app.kernel.secrets import (
    Sealed,
    Vault,
    masked_card,
    masked_id_number,
    masked_name,
    masked_phone,
)

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()
INDEX = base64.b64encode(b"i" * 32).decode()


def vault(keys=NEW, index=INDEX):
    return Vault(field_keys=keys, index_key=index, digest_key="d" * 32)


def test_a_sealed_value_opens_for_its_purpose():
    sealed = vault().seal("19900001234", "phone")

    assert b"19900001234" not in sealed
    assert vault().unseal(sealed, "phone") == "19900001234"


def test_sealing_twice_looks_different_each_time():
    assert vault().seal("19900001234", "phone") != vault().seal("19900001234", "phone")


def test_a_value_moved_to_another_column_does_not_open():
    sealed = vault().seal("19900001234", "phone")

    with pytest.raises(Sealed):
        vault().unseal(sealed, "id_number")


def test_an_altered_value_does_not_open():
    sealed = bytearray(vault().seal("19900001234", "phone"))
    sealed[-1] ^= 1

    with pytest.raises(Sealed):
        vault().unseal(bytes(sealed), "phone")


def test_after_a_change_of_keys_old_values_still_open_and_new_ones_use_the_new_key():
    old = vault(OLD).seal("19900001234", "phone")
    both = vault(f"{NEW},{OLD}")

    assert both.unseal(old, "phone") == "19900001234"
    assert both.seal("x", "phone").startswith(b"new\0")
    with pytest.raises(Sealed, match="key"):
        vault(NEW).unseal(old, "phone")


def test_equal_values_have_equal_indexes_of_one_purpose_and_key_only():
    index = vault().index("19900001234", "phone")

    assert vault().index("19900001234", "phone") == index
    assert vault().index("19900001235", "phone") != index
    assert vault().index("19900001234", "id_number") != index
    other = base64.b64encode(b"j" * 32).decode()
    assert vault(index=other).index("19900001234", "phone") != index


def test_what_is_shown_is_masked():
    assert masked_phone("19900001234") == "199****1234"
    assert masked_id_number("990101195001010016") == "9****************6"
    assert masked_name("张小三") == "张**"
    assert masked_card("6228480000000001234") == "**** 1234"

"""Codes of labels and bags: cases A1 to A4."""

import pytest

from app.register.assets import codes
from app.register.assets.errors import BagForged, CodeMisread

LABEL = "N7Q2M9XW4T8R3N1D"
KEY = bytes(range(32))


@pytest.mark.parametrize(
    ("body", "symbol"),
    [("N7Q2M9XW4T8R3N1", "D"), ("R00000000000000", "F"), ("VABCDEFGHJKMNPQ", "7")],
)
def test_a1_the_check_symbol(body, symbol):
    assert codes.check_symbol(body) == symbol


def test_a2_every_wrong_symbol_and_every_swap_of_neighbours_is_noticed():
    wrong = [
        LABEL[:place] + other + LABEL[place + 1 :]
        for place, symbol in enumerate(LABEL)
        for other in codes.ALPHABET
        if other != symbol
    ]
    swapped = [
        LABEL[:place] + LABEL[place + 1] + LABEL[place] + LABEL[place + 2 :]
        for place in range(15)
        if LABEL[place] != LABEL[place + 1]
    ]
    assert len(wrong) == 496

    for text in wrong + swapped:
        with pytest.raises(CodeMisread):
            codes.read(text)


@pytest.mark.parametrize(
    "text", ["n7q2-m9xw-4t8r-3nld", "Ｎ７Ｑ２ M9XW 4T8R 3N1D", f"https://fen.example/q/{LABEL}"]
)
def test_a3_what_is_typed_or_scanned_is_read_as_the_code(text):
    assert codes.read(text) == LABEL


def test_a4_bags_of_a_roll_and_one_beyond_its_end():
    made = [codes.bag_code(KEY, 330402, "4K9T2WZ", index) for index in (0, 29, 30)]

    assert made == ["G4K9T2WZ00PRKJV7", "G4K9T2WZ0XD8RNCZ", "G4K9T2WZ0YDW70W1"]
    assert [codes.roll_and_index(KEY, 330402, code) for code in made] == [
        ("4K9T2WZ", 0),
        ("4K9T2WZ", 29),
        ("4K9T2WZ", 30),
    ]


def test_a_bag_of_another_county_or_another_key_is_forged():
    code = codes.bag_code(KEY, 330402, "4K9T2WZ", 0)

    for key, county_id in ((KEY, 330403), (KEY[::-1], 330402)):
        with pytest.raises(BagForged):
            codes.roll_and_index(key, county_id, code)


def test_new_codes_are_read_as_they_are():
    for letter in codes.LETTERS:
        code = codes.new_code(letter)

        assert (codes.read(code), len(code), code[0]) == (code, 16, letter)

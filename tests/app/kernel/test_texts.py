"""Names, numbers and free text have one spelling, and nothing of a name is lost without a word."""

import pytest

from app.kernel import texts

UIGHUR = "阿迪力·买买提"


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("⾼青甲", "高青甲"),  # a Kangxi radical
        ("⻢青甲", "马青甲"),  # a radical of the supplement
        ("\uf955青甲", "凌青甲"),  # a compatibility ideograph
        ("刘\ue863", "刘䶮"),  # where GBK kept it
        ("_xD842__xDFB7_野", "𠮷野"),  # as Excel keeps what XML cannot
        ("张_x000D_三", "张三"),
        (" 张　三\t", "张三"),
        ("高桥村\u200b\ufeff", "高桥村"),
        ("３号村", "3号村"),
        ("１２ 号", "12号"),
        ("３ － １２", "3-12"),
        ("3 12", "3 12"),  # two numbers are not one
        ("JOHN  DOE", "JOHN DOE"),
        ("（２）栋", "（2）栋"),
    ],
)
def test_a_name_is_spelled_in_one_way(written, spelled):
    assert texts.name(written) == spelled


@pytest.mark.parametrize("dot", "·•‧・．∙⋅●.･")
def test_the_parts_of_a_name_have_one_kind_of_dot_between_them(dot):
    assert texts.name(f"阿迪力{dot}买买提") == UIGHUR
    assert texts.name(f"阿迪力 {dot} 买买提") == UIGHUR


@pytest.mark.parametrize(
    "rare", ["𠮷", "䶮", "\u9fff", "\U0002ebf0", "\U00031350", "\U000323b0", "\U0002b739"]
)
def test_a_rare_character_stays_and_can_be_read(rare):
    assert texts.name(f"张{rare}") == f"张{rare}"
    assert texts.unreadable(f"张{rare}") is None


def test_a_variation_selector_is_kept_and_not_compared():
    assert texts.name("𠮷\U000e0100野") == "𠮷\U000e0100野"
    assert texts.folded("𠮷\U000e0100野") == texts.folded("𠮷野")


@pytest.mark.parametrize("lost", ["\ufffd", "\ue815", "\uf8ff", "\U000f0000", "\uffff"])
def test_what_is_no_character_is_kept_and_told_by_its_place(lost):
    spelled = texts.name(f"张{lost}三")

    assert spelled == f"张{lost}三"
    assert texts.unreadable(spelled) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John Doe", "JOHNDOE"),
        ("J.SMITH", "J·Smith"),
        ("3—12号", "３-１２号"),
        ("一组（东）", "一组(东)"),
        ("①组", "1组"),
    ],
)
def test_forms_of_one_name_compare_the_same(one, other):
    assert texts.folded(one) == texts.folded(other)


@pytest.mark.parametrize(("one", "other"), [("3 12", "312"), ("1.2号", "12号"), ("张三", "张山")])
def test_different_names_do_not_compare_the_same(one, other):
    assert texts.folded(one) != texts.folded(other)


def test_what_people_type_as_digits_becomes_digits():
    assert texts.digits("１３８ ００１３-８０００") == "13800138000"
    assert texts.digits("138 0013—8000\n") == "13800138000"
    assert texts.number("Ａ１ ２-３") == "A12-3"


@pytest.mark.parametrize("text", ["", "１２", "٣", "1\n", "²", "1 2"])
def test_only_digits_that_machines_read_are_digits(text):
    assert texts.are_digits("0123456789")
    assert not texts.are_digits(text)


def test_free_text_keeps_its_lines_and_its_punctuation():
    assert texts.lines(" 第一行，好。\r\n第二行\u200b  完\x00 ") == "第一行，好。\n第二行 完"
    assert texts.words("透明皂\n２００  克 😀") == "透明皂 200 克 😀"

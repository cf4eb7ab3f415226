"""A visit begins at 100 and each finding deducts until its item is used up."""

import pytest

from app.sorting.rounds.errors import BadSettings
from app.sorting.rounds.scoring import Deduction, FindingCode, Item, ItemPoints, score
from app.sorting.rounds.settings import Quotas, RoundSettings, read_settings

ITEMS = RoundSettings().items


def test_six_findings_of_five_points_use_an_item_of_25_up():
    item = ItemPoints(most=25, per_finding=5)

    assert [item.left(findings) for findings in range(1, 7)] == [20, 15, 10, 5, 0, 0]


def test_without_findings_the_base_stands():
    scored = score(ITEMS, {}, wrong_kinds=0)

    assert (scored.score, scored.deductions) == (100, ())


def test_each_item_deducts_its_own_and_wrong_kinds_count_as_sorting():
    findings = {FindingCode.MIXED_BAG: 1, FindingCode.LITTER: 2, FindingCode.BIN_DIRTY: 9}

    scored = score(ITEMS, findings, wrong_kinds=2)

    assert scored.deductions == (
        Deduction(Item.SORTING, findings=3, lost=30),
        Deduction(Item.BINS, findings=9, lost=20),
        Deduction(Item.SURROUNDINGS, findings=2, lost=10),
    )
    assert scored.score == 40


def test_all_findings_at_once_leave_nothing():
    assert score(ITEMS, dict.fromkeys(FindingCode, 10), wrong_kinds=4).score == 0


def test_settings_survive_being_stored():
    made = RoundSettings(quotas=Quotas(1, 2, 3), pass_from=80)

    assert read_settings(made.as_json()) == made


def test_what_is_left_out_keeps_its_default():
    made = read_settings({"quotas": {"random": 3}, "pass_from": 60})

    assert made.quotas == Quotas(recommended=10, random=3, bottom=5)
    assert (made.pass_from, made.recheck_after_days) == (60, 7)


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ({"quota": {}}, "quota"),
        ({"quotas": {"random": -1}}, "quotas.random"),
        ({"quotas": {"random": True}}, "quotas.random"),
        ({"quotas": {"random": 1.5}}, "quotas.random"),
        ({"quotas": {"chance": 1}}, "quotas"),
        ({"quotas": 3}, "quotas"),
        ({"area_quotas": {"here": {}}}, "area_quotas"),
        ({"keeps_out_of_own_village": 1}, "keeps_out_of_own_village"),
        ({"pass_from": 101}, "pass_from, recheck_after_days"),
        ({"recheck_after_days": 0}, "pass_from, recheck_after_days"),
        ({"items": {"sorting": {"most": 100, "per_finding": 5}}}, "items"),
        (
            {"items": {item.value: {"most": 20, "per_finding": 5} for item in Item}},
            "items",
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(table, keys):
    with pytest.raises(BadSettings) as refusal:
        read_settings(table)

    assert refusal.value.details == {"keys": keys}

"""A dry run lists every problem by row and column, in Chinese, and changes nothing."""

from datetime import date

import pytest
from openpyxl import Workbook

from app.kernel import tables
from app.register.households.roster import RosterHasProblems
from app.register.households.roster.checks import check_character, id_number_fault
from app.register.households.roster.columns import Column
from app.register.households.roster.problems import SENTENCES, Kind
from tests.given.rosters import book, id_number, row, saved

RIGHT = row(1)


def spoiled(**changes):
    return book(RIGHT, row(2, **changes))


def test_a_right_roster_has_no_problems(told):
    assert told(book(RIGHT, row(2))) == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"身份证号": id_number(2)[:17] + "?"}, "id_length"),
        ({"身份证号": id_number(2)[:15]}, "id_length"),
        ({"身份证号": "990101197013010025"}, "id_birth_date"),
        ({"身份证号": "990101197002300025"}, "id_birth_date"),
        ({"身份证号": id_number(2, "18991231")}, "id_birth_date"),
        ({"身份证号": id_number(2, "20260602")}, "id_birth_date"),
        ({"身份证号": 990101197001010025}, "id_stored_as_number"),
        ({"身份证号": 9.90101197001010025e17}, "id_stored_as_number"),
        ({"身份证号": None}, "empty"),
        ({"手机号": "1990000000"}, "phone"),
        ({"手机号": "12000000000"}, "phone"),
        ({"手机号": "0573-8888888"}, "phone"),
        ({"镇": None}, "empty"),
        ({"镇": "丰收镇"}, "town_unknown"),
        ({"村": "  "}, "empty"),
        ({"村": "前进"}, "village_unknown"),
        ({"组": None}, "empty"),
        ({"户主姓名": None}, "empty"),
        ({"户主姓名": "长" * 31}, "too_long"),
        ({"户主姓名": True}, "cell_kind"),
        ({"门牌": None}, "empty"),
        ({"门牌": date(2026, 3, 12)}, "cell_date"),
        ({"门牌": "长" * 61}, "too_long"),
        ({"人口": None}, "empty"),
        ({"人口": 0}, "member_count"),
        ({"人口": 31}, "member_count"),
        ({"人口": 2.5}, "member_count"),
        ({"人口": "三"}, "member_count"),
        ({"人口": -1}, "member_count"),
        ({"是否党员户": None}, "empty"),
        ({"是否党员户": "√"}, "party"),
        ({"是否党员户": '=IF(1,"是","否")'}, "formula"),
        ({"户主姓名": "=A1"}, "formula"),
        ({"门牌": "#N/A"}, "cell_error"),
    ],
)
def test_a_wrong_cell_is_told_by_row_and_column(told, changes, kind):
    (column,) = changes

    assert told(spoiled(**changes)) == [(3, column, kind)]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"联系党员": None}, "liaison_missing"),
        ({"联系党员": "没有这人"}, "liaison_not_party"),
        ({"联系党员": f"{RIGHT['户主姓名']}(0000)"}, "liaison_not_party"),
    ],
)
def test_a_household_needs_a_liaison_who_is_a_party_member(told, changes, kind):
    assert told(spoiled(是否党员户="否", **changes)) == [(3, "联系党员", kind)]


def test_a_liaison_of_another_village_does_not_count(told):
    assert told(spoiled(村="新建村", 是否党员户="否", 联系党员=RIGHT["户主姓名"])) == [
        (3, "联系党员", "liaison_not_party")
    ]


def test_a_head_who_is_no_party_member_is_no_liaison(told):
    plain = row(2, 是否党员户="否", 联系党员=RIGHT["户主姓名"])
    hopeful = row(3, 是否党员户="否", 联系党员=plain["户主姓名"])

    assert told(book(RIGHT, plain, hopeful)) == [(4, "联系党员", "liaison_not_party")]


def test_nobody_is_their_own_liaison(told):
    me = row(2)

    assert told(spoiled(联系党员=me["户主姓名"])) == [(3, "联系党员", "liaison_is_self")]


def test_two_party_members_of_one_name_are_told_apart_by_the_last_four(told):
    twins = [row(1, 户主姓名="张三"), row(2, 户主姓名="张三")]
    tail = id_number(2)[-4:]

    unclear = row(3, 是否党员户="否", 联系党员="张三")
    clear = row(3, 是否党员户="否", 联系党员=f"张三({tail})")
    full_width = row(3, 是否党员户="否", 联系党员=f"张三（{tail}）")

    assert told(book(*twins, unclear)) == [(4, "联系党员", "liaison_ambiguous")]
    assert told(book(*twins, clear)) == []
    assert told(book(*twins, full_width)) == []


def test_the_liaison_of_a_row_with_a_problem_is_not_called_unknown(told):
    broken = row(1, 手机号="1")
    named = row(2, 是否党员户="否", 联系党员=broken["户主姓名"])

    assert told(book(broken, named)) == [(2, "手机号", "phone")]


def test_one_person_twice_is_told_with_the_other_row(imports):
    outcome = imports(book(RIGHT, row(2), row(3, 身份证号=RIGHT["身份证号"])), is_dry_run=True)

    (problem,) = outcome.problems
    assert problem == (
        4,
        "身份证号",
        Kind.PERSON_TWICE,
        "与第 2 行是同一个人，请删除其中一行",
    )


def test_the_message_says_what_to_do(imports):
    number = id_number(2)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")

    (problem,) = imports(spoiled(身份证号=wrong), is_dry_run=True).problems

    assert (problem.row, problem.column) == (3, "身份证号")
    assert problem.message == "校验码不对，请对照身份证检查每一位"
    assert wrong not in problem.message


def test_every_problem_of_a_row_and_of_the_file_is_listed(told):
    file = book(
        row(1, 手机号="1", 人口=0),
        row(2, 镇="丰收镇"),
        row(3, 是否党员户="否"),
        row(4, 身份证号=None, 户主姓名=None),
    )

    assert told(file) == [
        (2, "手机号", "phone"),
        (2, "人口", "member_count"),
        (3, "镇", "town_unknown"),
        (4, "联系党员", "liaison_missing"),
        (5, "户主姓名", "empty"),
        (5, "身份证号", "empty"),
    ]


def test_a_missing_column_is_told_and_nothing_is_guessed(told):
    columns = [column for column in Column if column not in (Column.PHONE, Column.PARTY)]

    assert told(book(RIGHT, columns=columns)) == [
        (1, "手机号", "column_missing"),
        (1, "是否党员户", "column_missing"),
    ]


def test_an_unknown_column_is_told(told):
    assert told(book(RIGHT, columns=[*Column, "备注"])) == [(1, "备注", "column_unknown")]


def test_a_column_that_is_there_twice_is_told(told):
    assert told(book(RIGHT, columns=[*Column, Column.DOOR])) == [(1, "门牌", "column_twice")]


def test_columns_may_stand_in_any_order(told):
    assert told(book(RIGHT, row(2), columns=list(reversed(Column)))) == []


def test_merged_cells_are_told(imports):
    file = book(RIGHT, row(2), change=lambda sheet: sheet.merge_cells("A2:A3"))

    outcome = imports(file, is_dry_run=True)

    assert [(p.row, p.column, p.kind) for p in outcome.problems] == [
        (2, "镇", tables.Kind.MERGED),
        (3, "镇", tables.Kind.EMPTY),
    ]
    assert outcome.problems[0].message == ("合并了单元格 A2:A3，请取消合并，并在每一行都填上内容")


def test_empty_rows_between_households_are_skipped(told, imports):
    file = book(RIGHT, {}, row(2), {}, {})

    assert told(file) == []
    assert imports(file).rows == 2


def test_spaces_and_full_width_digits_are_put_right(imports, register):
    imports(
        book(
            row(
                1,
                户主姓名="赵　明",
                手机号=19900000001.0,
                身份证号=" " + id_number(1).replace("1", "１") + " ",
                人口="３",
            )
        )
    )

    assert register() == [("1号", "赵明", "一组", 3, True, None)]


def test_a_dry_run_changes_nothing(imports, register):
    outcome = imports(book(RIGHT, row(2)), is_dry_run=True)

    assert (outcome.is_dry_run, outcome.rows, outcome.added) == (True, 2, 2)
    assert outcome.new_groups == ("和平镇/前进村/一组",)
    assert register() == []


def test_a_real_run_with_one_problem_changes_nothing(imports, register):
    with pytest.raises(RosterHasProblems) as refusal:
        imports(book(*[row(n) for n in range(1, 9)], row(9, 人口=0)))

    assert refusal.value.sentence() == (
        "名册里有 1 处问题，没有导入任何内容，请按提示改好后重新导入"
    )
    assert [(p["row"], p["column"]) for p in refusal.value.details["problems"]] == [(10, "人口")]
    assert register() == []


def test_at_most_so_many_are_listed_and_all_are_counted(imports):
    outcome = imports(book(*[row(n, 人口=0) for n in range(1, 21)]), is_dry_run=True, listed_max=5)

    assert (outcome.problem_count, [p.row for p in outcome.problems]) == (20, [2, 3, 4, 5, 6])


def test_a_sheet_of_another_name_is_found_if_it_is_the_only_one(told):
    assert told(book(RIGHT, title="Sheet1")) == []


def test_other_sheets_beside_the_roster_do_not_matter(told):
    workbook = Workbook()
    workbook.active.title = "说明"
    sheet = workbook.create_sheet("名册")
    sheet.append(list(Column))
    sheet.append(list(RIGHT.values()))

    assert told(saved(workbook)) == []


def test_every_kind_of_problem_has_a_sentence():
    assert set(SENTENCES) == set(Kind)


@pytest.mark.parametrize(
    ("first_17", "last"),
    [("11010519491231002", "X"), ("44052418800101001", "4")],  # the examples of GB 11643
)
def test_the_check_character_is_that_of_the_standard(first_17, last):
    assert check_character(first_17) == last


def test_a_lower_case_x_is_as_good(told):
    number = next(n for n in (id_number(s) for s in range(1000)) if n.endswith("X"))

    assert told(book(row(1, 身份证号=number.lower()))) == []


def test_the_day_of_birth_may_be_today():
    today = date(2026, 6, 1)

    assert id_number_fault(id_number(1, "20260601"), today) is None


@pytest.mark.parametrize("lost", ["刘\ue863\ue815", "刘\ufffd"])
def test_a_character_that_nobody_can_read_is_told_by_its_place(told, imports, lost):
    file = book(row(1, 户主姓名=lost))

    assert told(file) == [(2, "户主姓名", "unreadable")]
    (problem,) = imports(file, is_dry_run=True).problems
    assert f"第 {len(lost)} 个字" in problem.message
    assert lost not in problem.message

"""What may be wrong in a roster, told by row and column in words that say what to do.

No message repeats personal data: the row and the column lead to it.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What a roster may have wrong beside ``tables.Kind``."""

    ID_STORED_AS_NUMBER = "id_stored_as_number"
    ID_LENGTH = "id_length"
    ID_BIRTH_DATE = "id_birth_date"
    ID_CHECK_DIGIT = "id_check_digit"
    PHONE = "phone"
    MEMBER_COUNT = "member_count"
    PARTY = "party"
    PERSON_TWICE = "person_twice"
    PERSON_ELSEWHERE = "person_elsewhere"
    TOWN_UNKNOWN = "town_unknown"
    VILLAGE_UNKNOWN = "village_unknown"
    LIAISON_MISSING = "liaison_missing"
    LIAISON_IS_SELF = "liaison_is_self"
    LIAISON_NOT_PARTY = "liaison_not_party"
    LIAISON_AMBIGUOUS = "liaison_ambiguous"
    STILL_A_LIAISON = "still_a_liaison"


SENTENCES: dict[Kind, str] = {
    Kind.ID_STORED_AS_NUMBER: (
        "被 Excel 存成了数字，末几位已经不准：请先把这一列设为文本，再重新填写号码"
    ),
    Kind.ID_LENGTH: "应为 18 位：17 位数字加末位数字或 X",
    Kind.ID_BIRTH_DATE: "出生日期不对（第 7 到 14 位）",
    Kind.ID_CHECK_DIGIT: "校验码不对，请对照身份证检查每一位",
    Kind.PHONE: "应为 1 开头的 11 位手机号；没有手机就留空",
    Kind.MEMBER_COUNT: "应为 1 到 30 的整数",
    Kind.PARTY: "只能填“是”或“否”",
    Kind.PERSON_TWICE: "与第 {other} 行是同一个人，请删除其中一行",
    Kind.PERSON_ELSEWHERE: "此人已登记在另一户，请先请镇里或县里的管理员核对",
    Kind.TOWN_UNKNOWN: "没有“{name}”这个镇，或不在您管理的范围内；镇和村由县里先登记",
    Kind.VILLAGE_UNKNOWN: "这个镇没有“{name}”这个村，或不在您管理的范围内；镇和村由县里先登记",
    Kind.LIAISON_MISSING: "没有填写：每户要有一位联系党员（党员户可以留空）",
    Kind.LIAISON_IS_SELF: "联系党员不能是本户户主，党员户请留空",
    Kind.LIAISON_NOT_PARTY: "本村没有这位党员户户主，请检查姓名，或先把他家的“是否党员户”填“是”",
    Kind.LIAISON_AMBIGUOUS: "本村有同名的党员，请写成：姓名(身份证末四位)，例如 张三(1234)",
    Kind.STILL_A_LIAISON: "系统里还有 {households} 户以此人为联系党员，请先给他们换人",
}

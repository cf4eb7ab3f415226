"""What may be wrong in a roster, told by row and column in words that say what to do.

No message repeats personal data: the row and the column lead to it.
"""

from enum import StrEnum

from app.kernel.tables import Problems


class Kind(StrEnum):
    """What a roster may have wrong beside ``tables.Kind``."""

    ID_STORED_AS_NUMBER = "id_stored_as_number"
    ID_LENGTH = "id_length"
    ID_BIRTH_DATE = "id_birth_date"
    ID_CHECK_DIGIT = "id_check_digit"
    PHONE = "phone"
    MEMBER_COUNT = "member_count"
    PARTY = "party"
    SAME_DOOR = "same_door"
    PERSON_TWICE = "person_twice"
    PERSON_ELSEWHERE = "person_elsewhere"
    TOWN_UNKNOWN = "town_unknown"
    VILLAGE_UNKNOWN = "village_unknown"
    LIAISON_MISSING = "liaison_missing"
    LIAISON_IS_SELF = "liaison_is_self"
    LIAISON_NOT_PARTY = "liaison_not_party"
    LIAISON_AMBIGUOUS = "liaison_ambiguous"
    STILL_A_LIAISON = "still_a_liaison"
    # Questions: the row waits for an answer, the others are imported.
    OTHER_HEAD = "other_head"
    WHOSE_HEAD_CHANGES = "whose_head_changes"
    HEAD_IS_MEMBER = "head_is_member"
    LIAISON_WAITS = "liaison_waits"
    # Confirmations: what one person must not write; the rest is imported.
    NEEDS_CONFIRMATION = "needs_confirmation"
    HEAD_CHANGES = "head_changes"
    NEW_HOUSEHOLD = "new_household"
    # Warnings: the row is imported.
    PHONE_TWICE = "phone_twice"
    PHONE_ELSEWHERE = "phone_elsewhere"
    PHONE_BOUND = "phone_bound"
    # Differences: what an import changes of a household.
    HEAD_RENAMED = "head_renamed"
    PHONE_CHANGES = "phone_changes"
    PHONE_GOES = "phone_goes"
    COUNT_CHANGES = "count_changes"
    PARTY_CHANGES = "party_changes"
    CHANGES = "changes"


SENTENCES: dict[Kind, str] = {
    Kind.ID_STORED_AS_NUMBER: (
        "被 Excel 存成了数字，末几位已经不准：请先把这一列设为文本，再重新填写号码"
    ),
    Kind.ID_LENGTH: "应为 18 位：17 位数字加末位数字或 X（外国人旧永居证是 3 个字母加 12 位数字）",
    Kind.ID_BIRTH_DATE: "出生日期不对（第 7 到 14 位）",
    Kind.ID_CHECK_DIGIT: "校验码不对，请对照身份证检查每一位",
    Kind.PHONE: "应为 1 开头的 11 位手机号；没有手机就留空",
    Kind.MEMBER_COUNT: "应为 1 到 30 的整数",
    Kind.PARTY: "只能填“是”或“否”",
    Kind.SAME_DOOR: "只能填“另一户”或“换户主”；没有被问到就留空",
    Kind.PERSON_TWICE: "与第 {other} 行是同一个人，请删除其中一行",
    Kind.PERSON_ELSEWHERE: "此人已登记在另一户，请先请镇里或县里的管理员核对",
    Kind.TOWN_UNKNOWN: "没有“{name}”这个镇，或不在您管理的范围内；镇和村由县里先登记",
    Kind.VILLAGE_UNKNOWN: "这个镇没有“{name}”这个村，或不在您管理的范围内；镇和村由县里先登记",
    Kind.LIAISON_MISSING: "没有填写：每户要有一位联系党员（党员户可以留空）",
    Kind.LIAISON_IS_SELF: "联系党员不能是本户户主，党员户请留空",
    Kind.LIAISON_NOT_PARTY: "本村没有这位党员户户主，请检查姓名，或先把他家的“是否党员户”填“是”",
    Kind.LIAISON_AMBIGUOUS: "本村有同名的党员，请写成：姓名(身份证末四位)，例如 张三(1234)",
    Kind.OTHER_HEAD: (
        "这个门牌在系统里是另一位户主，这一行先没有导入。写错了就改正；确实是同一门牌的另一户人家，"
        "请在“同门牌”一列填“另一户”；是原来那户换了户主，请填“换户主”"
    ),
    Kind.WHOSE_HEAD_CHANGES: (
        "这个门牌不止一户，看不出是哪一户换户主，这一行先没有导入。请给这几户填上不同的门牌，再导入一次"
    ),
    Kind.HEAD_IS_MEMBER: (
        "系统里此人是这户的成员，户主是另一位，这一行先没有导入。写错了就改正；"
        "是换了户主，请在“同门牌”一列填“换户主”"
    ),
    Kind.NEEDS_CONFIRMATION: (
        "这户有积分、有卡或绑定了手机，这一格先不改，这一行别的内容照常导入。要这户在手机上同意，"
        "或由镇、县管理员看过证件后同意，三天后才改"
    ),
    Kind.HEAD_CHANGES: (
        "换户主不能只凭名册：这户的积分要跟着走。这一行先没有导入，要这户在手机上同意，"
        "或由镇、县管理员看过证件后同意，三天后才换"
    ),
    Kind.NEW_HOUSEHOLD: (
        "村里已经有住户在用，新增一户要另一位管理员核对后同意。这一行先没有导入，同意后就登记"
    ),
    Kind.LIAISON_WAITS: (
        "联系党员的那一行还没有导入，这一行也先没有导入，等那一行办好后再导入一次"
    ),
    Kind.STILL_A_LIAISON: "系统里还有 {households} 户以此人为联系党员，请先给他们换人",
    Kind.PHONE_TWICE: "与第 {other} 行是同一个手机号：这两户都不能用它自己绑定，要由村里当面绑定",
    Kind.PHONE_ELSEWHERE: "这个手机号已登记在另一户：两户都不能用它自己绑定，要由村里当面绑定",
    Kind.PHONE_BOUND: "用这个手机号的人已经绑定了另一户，请核对号码；没有写错的，要由村里当面绑定",
    Kind.HEAD_RENAMED: "系统里这位户主（同一身份证号）是另一个名字，会改成这里写的，请核对没有写错",
    Kind.PHONE_CHANGES: "与系统里的不同，会改成这里写的",
    Kind.PHONE_GOES: "系统里有手机号，这里空着，会被去掉",
    Kind.COUNT_CHANGES: "系统里是 {before}，会改成这里写的",
    Kind.PARTY_CHANGES: "系统里是“{before}”，会改成这里写的",
    Kind.CHANGES: "与系统里的不同，会改成这里写的",
}


class Told:
    """What an import tells, in five lists; of each so many are listed, and all counted."""

    def __init__(self, listed_max: int) -> None:
        self.problems = Problems(listed_max, SENTENCES)  # nothing is imported
        self.questions = Problems(listed_max, SENTENCES)
        self.confirmations = Problems(listed_max, SENTENCES)
        self.warnings = Problems(listed_max, SENTENCES)
        self.differences = Problems(listed_max, SENTENCES)

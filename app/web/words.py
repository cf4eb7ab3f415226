"""What is wrong with a field, in plain Chinese, whichever library found it.

marshmallow keeps its sentences in its classes, so that they can be replaced there: once, for
every schema. What a field must be, clients read in the document; people read this.
"""

from typing import Any

from marshmallow import Schema, fields, validate

_TIMES = {"invalid_awareness": "时间要带时区", "format": "时间不对"}
_FIELDS: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {"required": "请填写", "null": "不能为空", "validator_failed": "填写的内容不对"},
    fields.String: {"invalid": "请填写文字", "invalid_utf8": "文字的编码不对"},
    fields.UUID: {"invalid_uuid": "编号不对"},
    fields.Number: {"invalid": "请填写数字", "too_large": "数字太大"},
    fields.Integer: {"invalid": "请填写整数"},
    fields.Float: {"special": "请填写数字"},
    fields.Decimal: {"special": "请填写数字"},
    fields.Boolean: {"invalid": "请填写是或否"},
    fields.DateTime: {"invalid": "时间不对"} | _TIMES,
    fields.Time: {"invalid": "时间不对，应像 08:30"} | _TIMES,
    fields.Date: {"invalid": "日期不对，应像 2026-01-31"} | _TIMES,
    fields.TimeDelta: {"invalid": "时长不对", "format": "时长不对"},
    fields.List: {"invalid": "请填写一个列表"},
    fields.Tuple: {"invalid": "请填写一个列表"},
    fields.Mapping: {"invalid": "格式不对"},
    fields.Nested: {"type": "格式不对"},
    fields.Enum: {"unknown": "不在可选的范围内"},
    fields.Url: {"invalid": "网址不对"},
    fields.Email: {"invalid": "邮箱地址不对"},
}
_SCHEMA = {"type": "格式不对", "unknown": "没有这一项"}


def speak_chinese() -> None:
    """Replace the sentences of marshmallow and its validators. Done once, before any schema."""
    for kind, sentences in _FIELDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = own | sentences
    Schema._default_error_messages = Schema._default_error_messages | _SCHEMA
    validate.Length.message_min = "至少 {min} 个"
    validate.Length.message_max = "最多 {max} 个"
    validate.Length.message_all = "应为 {min} 到 {max} 个"
    validate.Length.message_equal = "应为 {equal} 个"
    validate.Range.message_gte = "不能小于"
    validate.Range.message_gt = "要大于"
    validate.Range.message_lte = "不能大于"
    validate.Range.message_lt = "要小于"
    validate.Range.message_min = "{min_op} {{min}}"
    validate.Range.message_max = "{max_op} {{max}}"
    validate.Range.message_all = "{min_op} {{min}}，{max_op} {{max}}"
    validate.OneOf.default_message = "不在可选的范围内"
    validate.NoneOf.default_message = "填写的内容不对"
    validate.Predicate.default_message = "填写的内容不对"
    validate.Equal.default_message = "填写的内容不对"
    validate.ContainsOnly.default_message = "不在可选的范围内"
    validate.ContainsNoneOf.default_message = "不在可选的范围内"
    validate.Regexp.default_message = "格式不对"
    validate.URL.default_message = "网址不对"
    validate.Email.default_message = "邮箱地址不对"

"""Whatever is wrong with a field is said in Chinese."""

import pytest
from marshmallow import Schema, fields, validate

from tests.given.promises import ENGLISH


def below(kind: type) -> set[type]:
    return {kind}.union(*(below(part) for part in kind.__subclasses__()))


def test_every_field_that_a_schema_has_speaks_chinese(app):
    for schema in below(Schema):
        for field in schema._declared_fields.values():
            for sentence in field.error_messages.values():
                assert not ENGLISH.search(sentence.format_map(Whatever())), (schema, sentence)


def test_every_validator_that_a_field_has_speaks_chinese(app):
    for schema in below(Schema):
        for field in schema._declared_fields.values():
            for validator in field.validators:
                for name in dir(validator):
                    if name.startswith(("message_", "default_message")):
                        sentence = getattr(validator, name).format_map(Whatever())
                        assert not ENGLISH.search(sentence), (schema, sentence)


class Whatever(dict):
    """Stands for whatever a sentence names."""

    def __missing__(self, key):
        return "1"


class Basket(Schema):
    words = fields.String(required=True, validate=validate.Length(min=2, max=4))
    count = fields.Integer(strict=True, validate=validate.Range(min=1, max=9))
    price = fields.Decimal(validate=validate.Range(min=0, min_inclusive=False))
    at = fields.AwareDateTime()
    on = fields.Date()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"words": ["请填写"]}),
        ({"words": "米"}, {"words": ["应为 2 到 4 个"]}),
        ({"words": "大米", "count": 0}, {"count": ["不能小于 1，不能大于 9"]}),
        ({"words": "大米", "count": "x"}, {"count": ["请填写整数"]}),
        ({"words": "大米", "price": 0}, {"price": ["要大于 0"]}),
        ({"words": "大米", "at": "2026-01-01T00:00:00"}, {"at": ["时间要带时区"]}),
        ({"words": "大米", "on": "x"}, {"on": ["日期不对，应像 2026-01-31"]}),
        ({"words": None}, {"words": ["不能为空"]}),
        ({"words": "大米", "more": 1}, {"more": ["没有这一项"]}),
    ],
)
def test_the_sentences_are_plain(body, wrong):
    assert Basket().validate(body) == wrong

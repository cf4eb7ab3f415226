"""A form with files: its fields, and then its files, reach the view."""

import pytest
from marshmallow import Schema, ValidationError, fields

from app.web.multipart import Several


class Bins(Schema):
    kinds = Several(fields.Integer(), load_default=list)


@pytest.mark.parametrize(
    ("sent", "kinds"),
    [
        (["1,2"], [1, 2]),
        (["1", "2"], [1, 2]),
        ([""], []),
        (["1,2", "3"], [1, 2, 3]),
    ],
)
def test_a_list_in_a_form_is_sent_by_commas_or_one_by_one(sent, kinds):
    assert Bins().load({"kinds": sent}) == {"kinds": kinds}


def test_each_of_a_list_is_looked_at():
    with pytest.raises(ValidationError) as refused:
        Bins().load({"kinds": ["1,x"]})

    assert refused.value.messages == {"kinds": {1: ["请填写整数"]}}

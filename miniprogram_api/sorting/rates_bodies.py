"""Bodies of rates."""

from datetime import date

from marshmallow import Schema, ValidationError, fields, validate

from app.register.regions.models import RegionKind
from app.web.fields import FIRST_DAY, LAST_DAY
from app.web.paging import PageArgs, page_of


class Month(fields.String):
    """A month like ``2026-06``; parsed, its first day."""

    def _deserialize(self, value: object, *args: object, **more: object) -> date:  # type: ignore[override]
        try:
            first = date.fromisoformat(f"{value}-01")
        except ValueError:
            raise ValidationError("月份不对，应像 2026-01") from None
        if not FIRST_DAY <= first <= LAST_DAY:
            raise ValidationError("月份不对，应像 2026-01")
        return first


class MonthArgs(Schema):
    month = Month(
        load_default=None, metadata={"description": "Like 2026-06; omit for the current month"}
    )


class HouseholdRatesArgs(PageArgs, MonthArgs):
    pass


class PlaceRatesArgs(PageArgs, MonthArgs):
    kind = fields.Enum(
        RegionKind,
        by_value=True,
        load_default=RegionKind.VILLAGE,
        metadata={"description": "Which places inside the caller's area"},
    )


class RatioOut(Schema):
    part = fields.Integer(required=True)
    whole = fields.Integer(required=True)
    basis_points = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Hundredths of a percent, rounded down; null: nothing to count"},
    )


class CountsOut(Schema):
    households = fields.Integer(required=True)
    put_out = fields.Nested(RatioOut, required=True)
    self_check = fields.Nested(RatioOut, required=True)
    accuracy = fields.Nested(
        RatioOut, required=True, metadata={"description": "In halves: A counts 2, B counts 1"}
    )
    inspection = fields.Nested(RatioOut, required=True)
    review = fields.Nested(RatioOut, required=True)
    mean_rate = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Mean of the rates above, in hundredths of a percent"},
    )


class PlaceRatesOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(RegionKind, by_value=True, required=True)
    rates = fields.Nested(CountsOut, required=True, attribute="counts")
    band = fields.Integer(
        required=True,
        allow_none=True,
        validate=validate.Range(1, 4),
        metadata={"description": "Of a village: 1 (best) to 4; null elsewhere"},
    )


class HouseholdRatesOut(Schema):
    id = fields.UUID(required=True)
    head = fields.String(required=True, metadata={"description": "Name of the head, masked"})
    door_number = fields.String(required=True)
    group = fields.String(required=True)
    rates = fields.Nested(CountsOut, required=True, attribute="counts")


class OwnRatesOut(Schema):
    from_on = fields.Date(required=True)
    until = fields.Date(required=True, metadata={"description": "Exclusive; days that are over"})
    counted_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "What happened by then is in"}
    )
    household = fields.Nested(CountsOut, required=True)
    group = fields.Nested(PlaceRatesOut, required=True)
    village = fields.Nested(PlaceRatesOut, required=True)


HouseholdRatesPage = page_of(HouseholdRatesOut)
PlaceRatesPage = page_of(PlaceRatesOut)


class DayOut(Schema):
    on = fields.Date(required=True)
    put_out = fields.Boolean(required=True)
    self_checked = fields.Boolean(required=True)
    grade = fields.String(
        required=True,
        allow_none=True,
        metadata={"enum": ["a", "b", "c", None], "description": "The lowest that was given"},
    )


class OwnDaysOut(Schema):
    from_on = fields.Date(required=True)
    until = fields.Date(required=True, metadata={"description": "Not included"})
    counted_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Later ones may be missing"}
    )
    days = fields.List(fields.Nested(DayOut), required=True)

"""Bodies that the bank sends."""

from marshmallow import EXCLUDE, Schema, fields, validate


class NotificationIn(Schema):
    """Only the id is read: what the bank says beside it is asked for, not believed."""

    class Meta:
        unknown = EXCLUDE

    payment_id = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{32}\Z"))

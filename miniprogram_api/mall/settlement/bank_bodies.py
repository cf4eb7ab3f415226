"""Bodies that the bank sends."""

from marshmallow import EXCLUDE, Schema

from app.web.fields import Token, Whole


class NotificationIn(Schema):
    """Only the id is read: what the bank says beside it is asked for, not believed."""

    class Meta:
        unknown = EXCLUDE

    payment_id = Token(required=True, validate=Whole(r"^[0-9a-f]{32}$"))

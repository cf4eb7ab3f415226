"""Links to pictures, beside the ids of photos in what the API answers.

The view that answers with an id has decided that the caller may see the photo; the link carries
that on for some minutes. No row is read for it.
"""

from typing import Any
from urllib.parse import urlencode

from flask import current_app
from marshmallow import fields

from app.kernel import clock
from app.photos import links
from app.photos.models import Variant
from app.web.auth import caller
from mall.catalogue.photos import Size


class PictureLink(fields.String):
    """The link to a photo, made from its id: ``PictureLink(Variant.THUMB, "photo_id")``."""

    def __init__(self, size: Variant, of: str | None = None) -> None:
        super().__init__(
            required=True,
            allow_none=True,
            dump_only=True,
            attribute=of,
            metadata={
                "format": "uri",
                "description": f"The photo ({size}) for an image element, without a token. "
                "It ends within 15 minutes; ask for this answer again to get a new one",
            },
        )
        self._size = size

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        if value is None:
            return None
        picture = links.Picture(caller().county_id, value, self._size)
        until, signature = links.sign(picture, at=clock.now())
        query = {
            "county": picture.county_id,
            "size": picture.size.value,
            "until": until,
            "signature": signature,
        }
        return f"{_base()}/api/v1/photos/{value}/picture?{urlencode(query)}"


class GoodsPictureLink(fields.String):
    """The address of a picture of goods, made from its id. They are public and never change."""

    def __init__(self, size: Size, of: str | None = None) -> None:
        super().__init__(
            required=True,
            allow_none=True,
            dump_only=True,
            attribute=of,
            metadata={"format": "uri", "description": f"The picture ({size}), for everybody"},
        )
        self._size = size

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str | None:
        if value is None:
            return None
        return f"{_base()}/api/v1/catalogue/photos/{value}?size={self._size}"


def _base() -> str:
    """Our address as phones know it; nothing where only browsers on this machine ask."""
    address: str = current_app.config["SETTINGS"].public_base_url
    return address.rstrip("/")

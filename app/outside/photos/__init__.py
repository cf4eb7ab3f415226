"""Where photos are kept: files on disk, or any service that speaks S3. One port, two stores.

``s3`` is imported by whoever has such a store, for its library takes a while.
"""

from app.outside.photos.disk import DiskPhotos
from app.outside.photos.port import Form, PhotoMissing, PhotoStore, StoreAway, StoreFull

__all__ = [
    "DiskPhotos",
    "Form",
    "PhotoMissing",
    "PhotoStore",
    "StoreAway",
    "StoreFull",
]

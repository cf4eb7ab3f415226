"""Where photos are kept: files on disk, or any service that speaks S3. One port, two stores."""

from app.outside.photos.disk import DiskPhotos
from app.outside.photos.port import Form, PhotoMissing, PhotoStore, StoreAway, StoreFull
from app.outside.photos.s3 import S3Photos, S3Place

__all__ = [
    "DiskPhotos",
    "Form",
    "PhotoMissing",
    "PhotoStore",
    "S3Photos",
    "S3Place",
    "StoreAway",
    "StoreFull",
]

"""Photos, and what WeChat says of them."""

from app.web.api import Resources
from miniprogram_api.photos import photo_files, photo_uploads, photos, wechat_pushes

RESOURCES: Resources = (
    ("/photos", photos.bp),
    ("/photos/uploads", photo_uploads.bp),
    ("/photos/files", photo_files.bp),
    ("/wechat", wechat_pushes.bp),
)

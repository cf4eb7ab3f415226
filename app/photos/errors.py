"""What cannot be taken as a photo, and what cannot be shown."""

from app.kernel.errors import Conflict, DomainError, Invalid, NotFound


class PhotoEmpty(Invalid):
    code = "photo.empty"
    message = "照片是空的，请重新拍一张再上传"


class PhotoTooLarge(DomainError):
    status = 413
    code = "photo.too_large"
    message = "照片超过 {limit_megabytes} MB，请选小一点的照片"


class NotAPhoto(DomainError):
    status = 415
    code = "photo.not_a_photo"
    message = "这不是照片，请上传 JPG、PNG 或 WebP 格式的照片"


class PhotoNotFound(NotFound):
    code = "photo.not_found"
    message = "没有找到这张照片"


class PhotoNotReady(Conflict):
    code = "photo.not_ready"
    message = "照片正在处理，请过一会儿再看"

"""What cannot be taken as a photo, and what cannot be shown."""

from app.kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable


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
    message = "这不是照片，请上传手机拍的照片（JPG、PNG、WebP 或 AVIF 格式）"


class PhotoInHeic(NotAPhoto):
    """What iPhones and some others write unless they are told not to."""

    code = "photo.heic"
    message = (
        "这张照片是 HEIC 格式，这里打不开。请把手机相机设成兼容格式再拍："
        "苹果手机在“设置—相机—格式”里选“兼容性最佳”，其他手机在相机设置里关掉 HEIF/高效格式"
    )


class PhotoInAvif(NotAPhoto):
    """What newer phones write; this installation's library cannot read it."""

    code = "photo.avif"
    message = (
        "手机把这张照片存成了 AVIF 格式，这里打不开。"
        "请在手机相机设置里把照片格式改成 JPG（也叫“兼容格式”），再拍一张"
    )


class PhotoMoves(NotAPhoto):
    code = "photo.moves"
    message = "这是动图或视频，不是照片，请用手机相机拍一张照片再上传"


class PhotoUnread(Unavailable):
    code = "photo.unread"
    message = "这张照片暂时打不开，请再拍一张重试"


class PhotoNotFound(NotFound):
    code = "photo.not_found"
    message = "没有找到这张照片"


class PhotoNotReady(Conflict):
    code = "photo.not_ready"
    message = "照片正在处理，请过一会儿再看"


class PhotoNotWaiting(Conflict):
    code = "photo.not_waiting"
    message = "这张照片不需要人工判断"


class PhotoDeleted(DomainError):
    status = 410
    code = "photo.deleted"
    message = "照片已按规定期限删除"


class UploadNotFound(NotFound):
    code = "photo.upload_not_found"
    message = "没有找到上传的照片，请重新拍一张再上传"


class UploadExpired(Conflict):
    code = "photo.upload_expired"
    message = "上传隔得太久，请重新拍一张再上传"


class UploadUsed(Conflict):
    code = "photo.upload_used"
    message = "这次上传的照片已经用过了，请重新拍一张"


class TooManyUploads(DomainError):
    status = 429
    code = "photo.too_many_uploads"
    message = "上传得太频繁，请过一个小时再试"


class BadSignature(Forbidden):
    code = "photo.bad_signature"
    message = "链接不对或者过期了，请重新操作"

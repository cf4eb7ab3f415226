"""What the catalogue refuses."""

from app.kernel.errors import Conflict, Invalid, NotFound


class CategoryNotFound(NotFound):
    code = "catalogue.category_not_found"
    message = "没有找到这个分类，请刷新后重新选择"


class CategoryTaken(Conflict):
    code = "catalogue.category_taken"
    message = "已经有同名的分类，请换一个名字"


class CategoryTooDeep(Invalid):
    code = "catalogue.category_too_deep"
    message = "分类最多两层，请选一个大类"


class CategoryInUse(Conflict):
    code = "catalogue.category_in_use"
    message = "这个分类下还有商品或小类，请先移走再删除"


class GoodsNotFound(NotFound):
    code = "catalogue.goods_not_found"
    message = "没有找到这件商品，请刷新后查看"


class OfferNotFound(NotFound):
    code = "catalogue.offer_not_found"
    message = "这家店没有这件商品，请刷新后查看"


class BarcodeTaken(Conflict):
    code = "catalogue.barcode_taken"
    message = "这个条码已经登记过另一件商品"


class OwnNumberTaken(Conflict):
    code = "catalogue.own_number_taken"
    message = "这个自编号已经用在另一件商品上"


class PriceAboveMarket(Invalid):
    code = "catalogue.price_above_market"
    message = "积分价不能高于市场价，请重新填写"


class RegionNotFound(NotFound):
    code = "catalogue.region_not_found"
    message = "没有找到这个地方，请重新选择谁可以买"


class GoodsWithdrawn(Conflict):
    code = "catalogue.goods_withdrawn"
    message = "这件商品已经下架，不能再改；要卖请重新登记"


class TooManyPhotos(Conflict):
    code = "catalogue.too_many_photos"
    message = "一件商品最多 {most} 张照片，请先删除一张"


class PhotoRefused(Invalid):
    code = "catalogue.photo_refused"
    message = "这张照片打不开，请换一张再上传"


class PhotoNotFound(NotFound):
    code = "catalogue.photo_not_found"
    message = "没有找到这张照片"


class NotOnSale(Conflict):
    """``offer_id`` says which."""

    code = "catalogue.not_on_sale"
    message = "“{name}”现在买不到了，请刷新后重新选择"


class NotForYou(Conflict):
    """``offer_id`` says which."""

    code = "catalogue.not_for_you"
    message = "“{name}”只卖给指定村镇的居民"


class OutOfStock(Conflict):
    """``offer_id`` says which, ``stock`` how many are left."""

    code = "catalogue.out_of_stock"
    message = "“{name}”不够了，只剩 {stock} 件"


class OverLimit(Conflict):
    """``offer_id`` says which, ``left`` how many the household may still buy."""

    code = "catalogue.over_limit"
    message = "“{name}”每户{period}限买 {limit} 件，您家还可以买 {left} 件"


class ReservationDiffers(Conflict):
    code = "catalogue.reservation_differs"
    message = "这个订单号已经留过别的商品，请重新下单"


class ReservationNotFound(NotFound):
    code = "catalogue.reservation_not_found"
    message = "没有找到这笔留货"


class ReservationEnded(Conflict):
    code = "catalogue.reservation_ended"
    message = "这笔留货已经结束，不能再改"

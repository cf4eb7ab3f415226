"""What merchants and shops are refused."""

from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class MerchantNotFound(NotFound):
    code = "merchants.merchant_not_found"
    message = "没有找到这家商户"


class ShopNotFound(NotFound):
    code = "merchants.shop_not_found"
    message = "没有找到这家店，请选择您工作的店铺"


class KindAlready(Conflict):
    code = "merchants.kind_already"
    message = "这家店已经是这个类型，不用再改"


class ShopNotNamed(Invalid):
    code = "merchants.shop_not_named"
    message = "您在几家店工作，请先选择是哪一家店收款"


class VillageNotFound(NotFound):
    code = "merchants.village_not_found"
    message = "没有找到这个村，请重新选择店铺所在的村"


class OwnCounter(Forbidden):
    code = "merchants.own_counter"
    message = "这家店有这一户自己的人在经营或收款，这一户的积分请到别的店用"
    is_traced = True


class LicenceTaken(Conflict):
    code = "merchants.licence_taken"
    message = "这个营业执照号已经登记过，请在商户列表里查找"


class ShopNameTaken(Conflict):
    code = "merchants.shop_name_taken"
    message = "这家商户已有同名的店铺，请换一个店名"


class PayeeAlreadyVerified(Conflict):
    code = "merchants.payee_already_verified"
    message = "收款账户已经核对过，不用再核对"


class PayeeNumbersDiffer(Invalid):
    code = "merchants.payee_numbers_differ"
    message = "输入的账号与登记的不一致，请对照开户证明重新输入"


class StaffNotFound(NotFound):
    code = "merchants.staff_not_found"
    message = "这位店员不在这家店，请刷新后查看"


class LicenceNumberWrong(Invalid):
    code = "merchants.licence_number_wrong"
    message = "统一社会信用代码不对，请对照营业执照逐位检查"


class AlreadyApplied(Conflict):
    code = "merchants.already_applied"
    message = "已经有一份申请正在审核，请等审核结果"


class ApplicationNotFound(NotFound):
    code = "merchants.application_not_found"
    message = "没有找到这份申请"


class NotActiveYet(Conflict):
    code = "merchants.not_active_yet"
    message = "这家商户还没有开通，要先由第二个人核对收款账户"


class HoursOverlap(Invalid):
    code = "merchants.hours_overlap"
    message = "同一天的营业时间有重叠，请检查后重新填写"


class NotSeen(Conflict):
    code = "merchants.not_seen"
    message = (
        "还没有别的同事到店门口看过。请一位没有经手、也不是申请人亲友的管理员到店里拍门面，"
        "填上墙上执照的号码，再来办"
    )


class VisitNotFound(NotFound):
    code = "merchants.visit_not_found"
    message = "没有找到这次实地看店的记录"

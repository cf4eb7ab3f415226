"""Every action of the trace in plain words, and the roles in which it was done."""

from app.agreements.morning.deeds import DEEDS
from app.register.identity.roles import NAMES, Role

_OTHERS = {
    "appeals.make": "对照片的审核结果申诉",
    "assets.change": "更正一个设施的登记",
    "assets.enter": "登记一个设施",
    "assets.import": "导入设施表",
    "assets.move": "改一个设施的使用状态",
    "awards.add_policy": "新的积分规则生效",
    "awards.withdraw_draft": "撤回积分规则草稿",
    "bags.issue": "发一卷分类袋",
    "bags.order": "订一批分类袋",
    "bags.void": "作废一卷分类袋",
    "campaigns.declined": "不同意一项补贴活动",
    "campaigns.funding_declined": "不同意一笔补贴资金进出",
    "cards.ended": "旧卡作废",
    "cards.printed": "印出一张卡",
    "cards.wrong_pin": "用卡时密码输错",
    "care.end": "把一户移出关爱名单",
    "care.enter": "把一户列入关爱名单",
    "care.revise": "修改一户的关爱登记",
    "care.write_note": "写一条走访记录",
    "catalogue.add_category": "新增商品分类",
    "catalogue.add_photo": "给商品加照片",
    "catalogue.change_goods": "修改商品",
    "catalogue.enter_goods": "登记商品",
    "catalogue.import_goods": "导入商品表",
    "catalogue.list_goods": "上架商品",
    "catalogue.offer": "改一家商店的货架",
    "catalogue.remove_category": "删除商品分类",
    "catalogue.remove_photo": "去掉商品照片",
    "catalogue.withdraw_goods": "下架商品",
    "checks.add_photo": "给一次检查补照片",
    "collection.collect": "上门收了一户的垃圾",
    "collection.hand_over": "记录一次交接的一方",
    "collection.settle": "处理一次对不上的交接",
    "collection.void": "作废一次交接",
    "deeds.see": "看过一件事并记下",
    "deposits.declined": "不同意一笔回收企业入账",
    "expiry.expire": "到期积分收回",
    "households.assign_liaison": "给一户安排联系党员",
    "households.birth": "给一户登记出生",
    "households.death": "给一户登记家人去世",
    "households.head": "给一户换户主",
    "households.merge": "两户并成一户",
    "households.move": "给一户登记搬家",
    "households.split": "一户分成两户",
    "identity.enrol_staff": "登记一名工作人员的手机号",
    "identity.prove_phone": "手机号换到另一个微信账号",
    "labels.attach": "贴上一张标签",
    "labels.print": "印一版空白标签",
    "looks.earlier_photos": "审核时查看这户以前的照片",
    "looks.household": "查看一户的资料",
    "looks.names": "查看联系户户主的姓名",
    "looks.photo": "审计时查看照片",
    "merchants.admit": "同意一家商户入驻",
    "merchants.apply": "申请成为商户",
    "merchants.visit": "到店门口看过",
    "merchants.correct_payee": "更正还没核对的收款账户",
    "merchants.open_shop": "新开一家商店",
    "merchants.read_contact_phone": "查看申请人的电话",
    "merchants.reseal_payee": "给收款账户换新的加密密钥",
    "merchants.set_hours": "改商店的营业时间",
    "merchants.set_open": "商店开门或歇业",
    "merchants.set_place": "改商店的地址",
    "orders.answer": "答复替换商品",
    "orders.depart": "订单出发送货",
    "orders.make_ready": "订单备好",
    "orders.offer_substitute": "提出替换商品",
    "orders.prepare": "开始备货",
    "photos.save": "导出一张照片",
    "proposals.lapse": "两个人定的事过期作废",
    "redemption.ask": "请家里人确认一笔付款",
    "redemption.decline": "拒绝一笔付款",
    "redemption.renew_shop_code": "换店铺码",
    "reversals.decline": "不同意冲正",
    "reviews.escalate": "把拿不准的照片交给上级",
    "rounds.draw": "抽签定下一周的督查",
    "sales.decline": "不同意一次称重",
    "sales.lapse": "没人确认的称重作废",
    "sales.withdraw": "收回还没确认的称重",
    "settlement.allotment_declined": "不同意拨付村预算",
    "settlement.ask_again": "再问银行一笔付款的结果",
    "settlement.book_entry": "银行流水入账",
    "settlement.decline_decision": "不同意对一条银行流水的处理",
    "settlement.give_up_entry": "一条银行流水不再处理",
    "settlement.reject": "银行退回一笔提现",
    "settlement.settle": "一笔提现到账",
    "trace.read": "查看留痕",
    "trace.take_over": "系统升级时登记原有的记录",
    "vouchers.note_use": "记下一张代金券已用",
    "vouchers.send_back": "把代金券的处理退回重提",
    "vouchers.view": "查看代金券的券码",
    "vouchers.withdraw_expired": "过期代金券下架",
}
ACTIONS = {**{action: deed.words for action, deed in DEEDS.items()}, **_OTHERS}


_BY_FACT_AND_AT_SHOPS = {
    Role.VISITOR: "访客",
    Role.RESIDENT: "居民",
    Role.LIAISON: "联系党员",
    Role.CLERK: "店员",
    Role.MERCHANT: "商户",
}
ROLES: dict[str, str] = {str(one): name for one, name in (NAMES | _BY_FACT_AND_AT_SHOPS).items()}


def role(acted_as: str) -> str:
    """A role in words; of one that there is no more, the role itself."""
    return ROLES.get(acted_as, acted_as)


def said(action: str) -> str:
    """The action in words; of one that an older release wrote, the action itself."""
    return ACTIONS.get(action, action)

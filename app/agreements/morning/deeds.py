"""Which deeds of the trace people are shown, and in which words.

The trace names a deed by its action ("vouchers.change_kind"); the words are here for all domains
together, because the auditor reads them together. A test holds the actions to those that the code
writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kernel.units import yuan_text


class Look(StrEnum):
    """What the auditor does with a deed."""

    TICK = "tick"  # it waits for a tick, and rings after three days
    LIST = "list"  # it is in the list
    OWN = "own"  # it is not; only who did it is told of it in the evening


@dataclass(frozen=True)
class Deed:
    """``sum_of``: which detail of the event is its sum; ends with ``fen``, or means points."""

    words: str
    look: Look
    sum_of: str | None = None

    def sum(self, details: Mapping[str, Any]) -> int:
        return int(details.get(self.sum_of) or 0) if self.sum_of else 0

    def sum_text(self, total: int) -> str:
        """A sum in words, empty for none."""
        if not total or self.sum_of is None:
            return ""
        return f"{yuan_text(total)} 元" if self.sum_of.endswith("fen") else f"{total} 分"


TICK, LIST, OWN = Look.TICK, Look.LIST, Look.OWN
DEEDS = {
    "awards.approve_draft": Deed("同意新的积分规则", TICK),
    "awards.draft_policy": Deed("起草积分规则", OWN),
    "awards.edit_draft": Deed("修改积分规则草稿", OWN),
    "campaigns.approved": Deed("同意一项补贴活动", TICK),
    "campaigns.enter_funder": Deed("登记出补贴的单位", TICK),
    "campaigns.funding_approved": Deed("同意一笔补贴资金进出", TICK, "amount_fen"),
    "campaigns.make": Deed("提出一项补贴活动", OWN),
    "campaigns.propose_funding": Deed("提出一笔补贴资金进出", OWN, "amount_fen"),
    "campaigns.stop": Deed("停掉一项补贴活动", TICK),
    "cards.active": Deed("发卡并设密码", LIST),
    "cards.blocked": Deed("停用一张卡", LIST),
    "cards.end_proxy": Deed("取消代办人", LIST),
    "cards.name_proxy": Deed("指定代办人", LIST),
    "cards.print": Deed("印卡", LIST),
    "cards.set_settings": Deed("改卡的限额", TICK),
    "catalogue.reprice": Deed("改商品价格", LIST),
    "checks.record": Deed("检查一户的分类", OWN),
    "checks.resolve_conflict": Deed("裁定一次检查", OWN),
    "deposits.approved": Deed("同意一笔回收企业入账", TICK, "amount_fen"),
    "deposits.propose": Deed("提出一笔回收企业入账", OWN, "amount_fen"),
    "households.bind": Deed("把手机绑定到一户", LIST),
    "households.change_head": Deed("改一户登记的手机号、户主姓名或户主", LIST),
    "households.end_binding": Deed("解除一部手机的绑定", LIST),
    "households.end_relation": Deed("解除两户的亲属关系", TICK),
    "households.enter": Deed("登记新住户", LIST),
    "households.import_roster": Deed("导入花名册", TICK),
    "households.relate": Deed("登记两户是亲属", LIST),
    "identity.block_user": Deed("停用一个人的账号", TICK),
    "identity.grant_role": Deed("任命生效", TICK),
    "identity.identify": Deed("核对并登记一个人的身份证", TICK),
    "identity.move_accounts": Deed("让另一个微信用一个人的账号", LIST),
    "identity.revoke_role": Deed("收回职务", TICK),
    "identity.unblock_user": Deed("恢复一个人的账号", TICK),
    "inspections.set_settings": Deed("改检查的规定", TICK),
    "merchants.change_payee": Deed("改商户的收款账户", TICK),
    "merchants.decide_application": Deed("处理商户的申请", TICK),
    "merchants.register": Deed("登记一家商户", TICK),
    "merchants.set_kind": Deed("改商店的类型", TICK),
    "merchants.set_state": Deed("停用或恢复一家商户", TICK),
    "merchants.verify_payee": Deed("核对商户的收款账户", TICK),
    "messages.set_template": Deed("改微信消息的模板", TICK),
    "notices.tell_in_person": Deed("当面告知一户", LIST),
    "orders.cancel": Deed("取消订单", OWN, "points"),
    "orders.hand_over": Deed("交付订单", OWN, "points"),
    "orders.place": Deed("下订单", OWN, "points"),
    "orders.refund": Deed("退订单的货", OWN, "points"),
    "orders.set_settings": Deed("改订单的期限", TICK),
    "photos.admit": Deed("放行一张机器没判的照片", LIST),
    "photos.refuse": Deed("拒绝一张机器没判的照片", LIST),
    "photos.set_settings": Deed("改照片保存的月数", TICK),
    "proposals.approve": Deed("同意一件要两个人定的事", TICK),
    "proposals.done": Deed("两个人定的事生效", TICK),
    "proposals.fail": Deed("两个人定的事没有办成", TICK),
    "proposals.propose": Deed("提出一件要两个人定的事", TICK),
    "proposals.refuse": Deed("不同意一件要两个人定的事", OWN),
    "proposals.stop": Deed("叫停一件已同意的事", TICK),
    "proposals.withdraw": Deed("撤回自己提出的事", OWN),
    "rates.set_settings": Deed("改等级的标准", TICK),
    "redemption.redeem": Deed("积分付款或收款", OWN, "points"),
    "redemption.set_settings": Deed("改收款的限额", TICK),
    "redemption.void": Deed("撤销收款", LIST, "points"),
    "regions.add": Deed("新增一个村或组", TICK),
    "regions.create_county": Deed("新建一个县", TICK),
    "reversals.confirm": Deed("同意冲正", TICK, "points"),
    "reversals.propose": Deed("提出冲正", LIST, "points"),
    "reviews.approve": Deed("审核照片通过", OWN),
    "reviews.reject": Deed("审核照片不通过", OWN),
    "reviews.set_settings": Deed("改照片审核的规定", TICK),
    "risk.judge": Deed("处理一家商店的风险提示", TICK),
    "rounds.reassign": Deed("把一次抽查改派给别人", LIST),
    "rounds.record_result": Deed("登记一次抽查结果", OWN),
    "rounds.set_settings": Deed("改抽查的规定", TICK),
    "sales.add_recycler": Deed("登记一家回收企业", TICK),
    "sales.confirm": Deed("同意一次称重", OWN, "points"),
    "sales.sell": Deed("称重收可回收物", OWN, "points"),
    "sales.set_settings": Deed("改称重的规定", TICK),
    "sales.sign_day": Deed("签当天称重的总数", OWN),
    "sales.void": Deed("撤销称重", LIST, "points"),
    "settlement.allotment_approved": Deed("同意拨付村预算", TICK, "amount_fen"),
    "settlement.approve_decision": Deed("同意对一条银行流水的处理", TICK),  # before proposals
    "settlement.ask": Deed("申请提现", OWN, "amount_fen"),
    "settlement.close_day": Deed("关账", TICK),
    "settlement.confirm_refusal": Deed("确认银行没有付款", TICK, "amount_fen"),
    "settlement.confirm_statement": Deed("确认一份银行对账单", TICK),
    "settlement.decline": Deed("退回商户提现", LIST, "amount_fen"),
    "settlement.enter_account": Deed("核对县里的监管账户", TICK),
    "settlement.export_batch": Deed("生成付款文件", TICK, "total_fen"),
    "settlement.import_results": Deed("上传银行付款结果", TICK),
    "settlement.import_statement": Deed("上传银行对账单", TICK),
    "settlement.propose_account": Deed("填写县里的监管账户", TICK),
    "settlement.propose_allotment": Deed("提出拨付村预算", OWN, "amount_fen"),
    "settlement.propose_decision": Deed("提出怎样处理一条银行流水", OWN),  # before proposals
    "settlement.release": Deed("放行商户提现", TICK, "amount_fen"),
    "settlement.set_settings": Deed("改提现的限额", TICK),
    "staff.admit_again": Deed("恢复一个电脑端账号", TICK),
    "staff.leave": Deed("关闭离任人员的电脑端账号", TICK),
    "staff.make_account": Deed("开一个电脑端账号", TICK),
    "staff.recover": Deed("找回一个电脑端账号", TICK),
    "staff.set_password": Deed("设电脑端密码", LIST),
    "staff.suspend": Deed("停用一个电脑端账号", LIST),
    "trust.refused": Deed("想一个人办要两个人办的事，被拦下", TICK),
    "trust.set_settings": Deed("改复核的规定", TICK),
    "vouchers.buy": Deed("买代金券", OWN, "points"),
    "vouchers.change_kind": Deed("改一种代金券", TICK),
    "vouchers.claim": Deed("报告代金券不能用", OWN),
    "vouchers.confirm": Deed("同意退一张代金券", TICK),
    "vouchers.enter_kind": Deed("新增一种代金券", TICK),
    "vouchers.enter_platform": Deed("登记代金券平台", TICK),
    "vouchers.import_batch": Deed("导入一批代金券", TICK),
    "vouchers.propose": Deed("提出怎样处理一张代金券", LIST),
    "vouchers.withdraw_kind": Deed("下架一种代金券", TICK),
}

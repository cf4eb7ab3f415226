import type { Schemas, Transfer } from '../../api/resident'
import type { IconName } from '../../ui/icon-names'

type Award = Schemas['AwardOut']

/** What a movement of points is, in the village's words. */
const KINDS: Record<Transfer['kind'], [string, IconName]> = {
  funding: ['到账', 'coins'],
  allotment: ['拨款', 'coins'],
  award: ['奖励', 'coins'],
  redemption: ['在店里付的', 'storefront'],
  order: ['订的东西', 'package'],
  order_refund: ['订单退回来的', 'arrow-counter-clockwise'],
  void: ['店里撤销，退回来的', 'arrow-counter-clockwise'],
  cash_out: ['提现', 'money'],
  payout: ['打款', 'money'],
  payout_return: ['打款退回', 'money'],
  expiry: ['到期收回', 'clock'],
  reclaim: ['收回', 'clock'],
  reversal: ['改正', 'arrow-counter-clockwise'],
  repayment: ['抵扣以前欠的', 'arrow-counter-clockwise'],
  subsidy_funding: ['补贴', 'coins'],
  subsidy: ['补贴', 'coins'],
  subsidy_return: ['补贴退回', 'coins'],
  voucher: ['买的券', 'receipt'],
  voucher_return: ['券退回来的', 'receipt'],
  subsidy_reclaim: ['补贴收回', 'coins'],
  prepayment: ['预付款', 'coins'],
  prolonging: ['延长了最后可用日', 'clock'],
  sale: ['卖可回收物', 'recycle'],
}
export const transferWords = (kind: Transfer['kind']) => KINDS[kind]

const SOURCES: Record<Award['source'], string> = {
  self_check: '自查照片',
  checked: '上门看过',
  inspection: '督查',
  sale: '卖可回收物的奖励',
  low_value: '低值可回收物的奖励',
  rank: '排名奖',
  score: '分得好的奖励',
}
export const awardWords = (award: Award) => award.message || SOURCES[award.source]

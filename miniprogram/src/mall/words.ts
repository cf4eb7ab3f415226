import type { Schemas } from '../api/resident'

/** The answer before the number: where an order stands, as one would say it. */
export function headline(order: Schemas['OrderOut']): string {
  switch (order.state) {
    case 'placed':
      return '下好单了，等店里备货'
    case 'preparing':
      return '店里正在备货'
    case 'ready':
      return order.way === 'delivery' ? '备好了，等着送' : '备好了，等您来取'
    case 'on_the_way':
      return '在路上了，送到组里'
    case 'handed_over':
      return order.way === 'delivery' ? '送到了' : '取走了'
    default:
      return '取消了，积分退回来了'
  }
}

import * as resident from '../../api/resident'
import { dayOf, instant } from '../../lib/clock'

export type Day = Awaited<ReturnType<typeof theDay>>

/** What the screen of today shows, asked for at once. */
export async function theDay() {
  const [points, checks, orders, rates, transfers] = await Promise.all([
    resident.points(),
    resident.selfChecksSince(dayOf()),
    resident.readyOrders(),
    resident.ownRates(),
    resident.transfers(),
  ])
  const today = transfers.items.filter(one => dayOf(instant(one.at)) === dayOf())
  return {
    points,
    photo: checks.items[0],
    order: orders.items[0],
    rates,
    earned: today
      .filter(one => one.points > 0 && (one.kind === 'award' || one.kind === 'sale'))
      .reduce((sum, one) => sum + one.points, 0),
  }
}

/** Where the day's photo stands, in two lines. */
export function photoWords(photo: Day['photo']): [string, string, 'y' | 'n' | ''] {
  if (!photo) return ['还没拍照', '通过了就得分', 'n']
  if (photo.state === 'approved')
    return ['照片通过', photo.points ? `得了 ${photo.points} 分` : '分到手了', 'y']
  if (photo.state === 'rejected' || photo.state === 'unreadable') return ['照片退回', '可以再拍一张', 'n']
  return ['照片传了', '等着看', 'y']
}

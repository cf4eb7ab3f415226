/** Days and hours as China's clock shows them, wherever the phone thinks it is. */
const CHINA = 8 * 3600_000
const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六']

function parts(at: number) {
  const day = new Date(at + CHINA)
  return {
    year: day.getUTCFullYear(),
    month: day.getUTCMonth() + 1,
    date: day.getUTCDate(),
    weekday: day.getUTCDay(),
    hour: day.getUTCHours(),
    minute: day.getUTCMinutes(),
  }
}
const two = (n: number) => String(n).padStart(2, '0')

export const instant = (iso: string) => Date.parse(iso.replace(/(\.\d{3})\d+/, '$1'))
/** 2026-11-29 */
export function dayOf(at: number = Date.now()): string {
  const { year, month, date } = parts(at)
  return `${year}-${two(month)}-${two(date)}`
}
/** 8:06 */
export function hourOf(iso: string): string {
  const { hour, minute } = parts(instant(iso))
  return `${hour}:${two(minute)}`
}
/** 11月29日 of an instant or a day */
export function dateText(iso: string): string {
  const [, month, date] = (iso.length > 10 ? dayOf(instant(iso)) : iso).split('-').map(Number)
  return `${month}月${date}日`
}
/** 2027年3月31日 */
export const fullDateText = (day: string) =>
  `${day.slice(0, 4)} 年 ${Number(day.slice(5, 7))} 月 ${Number(day.slice(8, 10))} 日`
/** 11月29日 星期日 */
export function todayText(at: number = Date.now()): string {
  const { month, date, weekday } = parts(at)
  return `${month}月${date}日 ${WEEKDAYS[weekday]}`
}
/** 今天, 昨天, or the date */
export function dayText(iso: string, now: number = Date.now()): string {
  const day = iso.length > 10 ? dayOf(instant(iso)) : iso
  if (day === dayOf(now)) return '今天'
  if (day === dayOf(now - 86_400_000)) return '昨天'
  return dateText(day)
}
/** 今天 8:06, 昨天 18:20, 11月27日 9:14 */
export const whenText = (iso: string, now: number = Date.now()) => `${dayText(iso, now)} ${hourOf(iso)}`

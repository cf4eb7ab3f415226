const grouped = (whole: number) => String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** 1286 points as people write them: 1,286. */
export const pointsText = (points: number) => (points < 0 ? `−${grouped(-points)}` : grouped(points))

/** 1286 fen as yuan: 12.86. */
export const yuan = (fen: number) =>
  `${fen < 0 ? '−' : ''}${grouped(Math.floor(Math.abs(fen) / 100))}.${String(Math.abs(fen) % 100).padStart(2, '0')}`

/** 1286 fen as they are said: 12 块 8 毛 6. */
export function spokenYuan(fen: number): string {
  const [blocks, dimes, cents] = [Math.floor(fen / 100), Math.floor(fen / 10) % 10, fen % 10]
  const parts = [
    blocks && `${blocks} 块`,
    dimes && `${dimes} 毛`,
    cents && (dimes ? `${cents}` : `${cents} 分钱`),
  ]
  return parts.filter(Boolean).join(' ') || '0 元'
}

/** What a keypad shows, in fen: "18.5" is 1850. */
export function typedFen(typed: string): number {
  const [blocks, cents = ''] = typed.split('.')
  return Number(blocks || 0) * 100 + Number(cents.padEnd(2, '0').slice(0, 2))
}

/** The next state of a keypad: two places after the point, at most 9999 yuan. */
export function pressed(typed: string, key: string): string {
  if (key === 'back') return typed.slice(0, -1)
  if (key === '.') return typed.includes('.') ? typed : `${typed || '0'}.`
  const next = typed === '0' ? key : typed + key
  return /^\d{0,4}(\.\d{0,2})?$/.test(next) ? next : typed
}

/** Digits that are read aloud: 48271930 is 4827 1930, 482719305 is 482 719 305. */
export function spoken(digits: string): string {
  const size = digits.length % 3 === 0 ? 3 : 4
  return digits.replace(new RegExp(`(\\d{${size}})(?=\\d)`, 'g'), '$1 ')
}

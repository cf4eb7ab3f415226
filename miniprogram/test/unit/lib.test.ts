import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateText, dayText, hourOf, todayText } from '../../src/lib/clock'
import { newId } from '../../src/lib/ids'
import { pointsText, pressed, spoken, spokenYuan, typedFen, yuan } from '../../src/lib/money'

test('points and money are written as people write them', () => {
  assert.equal(pointsText(1286), '1,286')
  assert.equal(pointsText(-925), '−925')
  assert.equal(yuan(1850), '18.50')
  assert.equal(yuan(123456789), '1,234,567.89')
  assert.equal(yuan(-5), '−0.05')
})

test('money is said as people say it', () => {
  assert.equal(spokenYuan(1286), '12 块 8 毛 6')
  assert.equal(spokenYuan(1850), '18 块 5 毛')
  assert.equal(spokenYuan(205), '2 块 5 分钱')
  assert.equal(spokenYuan(0), '0 元')
})

test('a keypad makes an amount and nothing else', () => {
  const typed = (keys: string) =>
    [...keys].reduce((state, key) => pressed(state, key === '<' ? 'back' : key), '')
  assert.equal(typed('18.5'), '18.5')
  assert.equal(typed('0018.555'), '18.55')
  assert.equal(typed('.5'), '0.5')
  assert.equal(typed('1..5'), '1.5')
  assert.equal(typed('123456'), '1234')
  assert.equal(typed('18<9'), '19')
  assert.deepEqual(['18.5', '0.05', '7', '', '9.'].map(typedFen), [1850, 5, 700, 0, 900])
})

test('digits are grouped to be said aloud', () => {
  assert.equal(spoken('48271930'), '4827 1930')
  assert.equal(spoken('482719305'), '482 719 305')
})

test("days and hours are China's", () => {
  const now = Date.parse('2026-11-29T16:30:00Z')
  assert.equal(todayText(now), '11月30日 星期一')
  assert.equal(hourOf('2026-11-29T00:06:00.123456+00:00'), '8:06')
  assert.equal(dateText('2026-12-05'), '12月5日')
  assert.equal(dayText('2026-11-29T16:10:00Z', now), '今天')
  assert.equal(dayText('2026-11-29T10:10:00Z', now), '昨天')
  assert.equal(dayText('2026-11-27T10:10:00Z', now), '11月27日')
})

test('ids made on the phone sort by their time', () => {
  const ids = [1, 2, 3].map(second => newId(1_780_000_000_000 + second * 1000))
  assert.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.deepEqual([...ids].sort(), ids)
})

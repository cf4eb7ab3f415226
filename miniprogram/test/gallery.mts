/**
 * A picture of every screen, plain and large, into `build/screens/`, with what axe finds, targets that a
 * thumb would miss, anything wider than the phone, and anything asked of another host.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { BASE, be, open, window_ } from './browser'

const here = path.resolve(import.meta.dirname, '..')
const axe = readFileSync(`${here}/node_modules/axe-core/axe.min.js`, 'utf8')
const out = path.resolve(here, '../build/screens')
const RESIDENT = 'demo-19900000001'
const SCREENS: [name: string, who: string, where: string, seen: string][] = [
  ['today', RESIDENT, 'pages/today/index', '#balance, .figure'],
  ['mall', RESIDENT, 'pages/mall/index', '.goods'],
  ['pay', RESIDENT, 'pages/pay/index', '#digits'],
  ['me', RESIDENT, 'pages/me/index', '#other'],
  ['points', RESIDENT, 'account/points/index', '.points-figure'],
  ['photo', RESIDENT, 'account/photo/index', '#shutter'],
  ['messages', RESIDENT, 'account/messages/index', '.card'],
  ['orders', RESIDENT, 'mall/orders/index', '.card'],
  ['basket', RESIDENT, 'mall/basket/index', '.card'],
  ['counter', 'demo-19900009010', 'shop/counter/index', '#key-1'],
  ['day', 'demo-19900009010', 'shop/day/index', '#owed'],
]
SCREENS.push(
  ['households', 'demo-19900000000', 'field/households/index', '#at-the-door, .hh'],
  ['visit', 'demo-19900000000', 'field/visit/index?id=1&door=18&head=%E7%A7%A6', '#grade-a'],
)
const only = process.argv.slice(2)

mkdirSync(out, { recursive: true })
const browser = await open()
let findings = 0
for (const large of [false, true]) {
  const { context, page, complaints } = await window_(browser, { large })
  const look = async (name: string) => {
    const end = large ? '-large' : ''
    await page.waitForTimeout(500)
    await page.screenshot({ path: `${out}/${name}${end}.png` })
    for (const found of await wrongWith()) {
      findings++
      console.log(`${name}${end}: ${found}`)
    }
  }
  const wrongWith = async (): Promise<string[]> => {
    await page.evaluate(axe)
    return page.evaluate(
      async least => {
        const told: string[] = []
        const page = [...document.querySelectorAll<HTMLElement>('.taro_page')].findLast(
          one => one.offsetParent !== null || one.clientHeight > 0,
        )
        const { violations } = await (window as any).axe.run(page ?? document, {
          runOnly: ['wcag2a', 'wcag2aa'],
        })
        for (const one of violations)
          told.push(
            `axe ${one.id}: ${one.nodes
              .slice(0, 3)
              .map((node: any) => node.html.slice(0, 140))
              .join(' | ')}`,
          )
        const wide = document.documentElement.scrollWidth
        if (wide > window.innerWidth) told.push(`is ${wide} px wide`)
        for (const one of page?.querySelectorAll<HTMLElement>(
          '[role=button],[role=link],[role=tab],[role=radio],[role=switch]',
        ) ?? []) {
          const { width, height } = one.getBoundingClientRect()
          if (width && Math.min(width, height) < least)
            told.push(
              `${Math.round(width)} × ${Math.round(height)} px to press: ${one.innerText.slice(0, 20) || one.getAttribute('aria-label')}`,
            )
        }
        return told
      },
      large ? 48 : 44,
    )
  }
  if (!large && !only.length) {
    await page.goto(`${BASE}/m/`)
    await page.locator(`#${RESIDENT}`).waitFor()
    await look('who')
  }
  let somebody = ''
  for (const [name, who, where, seen] of SCREENS) {
    if (only.length && !only.includes(name)) continue
    if (who !== somebody) await be(page, who)
    if (who !== somebody) await page.waitForTimeout(1500)
    somebody = who
    await page.goto(`${BASE}/m/#/${where}`)
    await page
      .locator(seen)
      .locator('visible=true')
      .first()
      .waitFor({ timeout: 15_000 })
      .catch(() => console.log(`${name}: shows no ${seen}`))
    await look(name)
  }
  for (const complaint of new Set(complaints.filter(one => !/ 401 /.test(one)))) {
    findings++
    console.log(complaint.slice(0, 300))
  }
  await context.close()
}
await browser.close()
console.log(findings ? `${findings} findings` : 'nothing to mend')
process.exit(findings ? 1 : 0)

/**
 * The main job by clicking, in a real Chromium against the real backend (`FEN_URL`): bind, photo,
 * review, points and why, pay by the code that the other window shows, take it back.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { BASE, be, open, window_ } from './browser'
import { filmOf } from './film'
import { photo } from './picture'

const RESIDENT = 'demo-19900000001'
const CLERK = 'demo-19900009010'
const REVIEWER = 'demo-19900009004'
const LIAISON = 'demo-19900000000'
const NEWCOMER = 'demo-19900000015'

let browser: Browser
const home = mkdtempSync(path.join(tmpdir(), 'fen-journeys-'))
before(async () => {
  browser = await open()
})
after(() => browser.close())

/** Somebody's own requests, for those whose work has no screen on a phone. */
async function asking(openid: string) {
  const { code } = await (await fetch(`${BASE}/m/people/${openid}/login-code`, { method: 'POST' })).json()
  const { token } = await (
    await fetch(`${BASE}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
  ).json()
  return async (method: string, where: string, body?: unknown) => {
    const answer = await fetch(`${BASE}/api/v1${where}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'Idempotency-Key': crypto.randomUUID(),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json().catch(() => undefined) }
  }
}

const figure = (text: string | null) => Number((text ?? '').replace(/\D/g, ''))

test('somebody new finds their household by the phone number', async () => {
  const { context, page, complaints } = await window_(browser)
  await be(page, NEWCOMER)
  const bind = page.locator('#bind')
  await bind.or(page.locator('#balance')).first().waitFor()
  if (await bind.isVisible()) await bind.click()
  await page.locator('#balance').waitFor()
  assert.deepEqual(complaints.filter(elsewhere), [])
  await context.close()
})

test('a photo is taken in three taps, judged, and says what came of it', async () => {
  const { context, page, complaints } = await window_(browser)
  const file = path.join(home, 'bin.jpg')
  writeFileSync(file, await photo(page))
  await be(page, NEWCOMER)
  await page.locator('#balance').waitFor()
  await page.goto(`${BASE}/m/#/account/photo/index`)
  const chooser = page.waitForEvent('filechooser')
  await page.locator('#shutter').click()
  await (await chooser).setFiles(file)
  await page.locator('#use').click()
  await page.getByText('这张照片怎么走的').waitFor()
  const seal = page.getByText(/^(通过|退回)$/).first()
  await judged(() => seal.isVisible())
  await seal.waitFor()
  assert.deepEqual(complaints.filter(elsewhere), [])
  await context.close()
})

const REVIEW_SECONDS = 2.1 // nobody is believed to have looked for less

/** A reviewer approves what waits, one photo after the other, until the household has its answer. */
async function judged(isDone: () => Promise<boolean>) {
  const ask = await asking(REVIEWER)
  for (let looks = 0; looks < 15; looks++) {
    const { body } = await ask('POST', '/reviews/next')
    for (const one of body.items) {
      await new Promise(resolve => setTimeout(resolve, REVIEW_SECONDS * 1000))
      if (await isDone()) return
      await ask('POST', `/reviews/${one.id}/verdict`, { verdict: 'approve' })
    }
    if (await isDone()) return
    await new Promise(resolve => setTimeout(resolve, 1000)) // it is still looked through
  }
}

test('points say why they were given', async () => {
  const { context, page } = await window_(browser)
  await be(page, RESIDENT)
  await page.locator('#balance').waitFor()
  await page.goto(`${BASE}/m/#/account/points/index`)
  await page
    .getByRole('button', { name: /为什么$/ })
    .first()
    .click()
  await page.getByText('积分规则第').first().waitFor()
  await page.getByText('谁定的').first().waitFor()
  await context.close()
})

test("the shop's camera sees the other window's code, points are paid once, and can be taken back", async () => {
  const payer = await window_(browser)
  await be(payer.page, RESIDENT)
  const had = figure(await payer.page.locator('#balance').textContent())
  await payer.page.goto(`${BASE}/m/#/pages/pay/index`)
  await payer.page.locator('#digits').waitFor()
  await payer.page.waitForFunction(
    () => (document.querySelector('#pay-code canvas') as HTMLCanvasElement | null)?.width !== 244,
  )
  const picture = await payer.page.locator('.paper').screenshot()

  const counter = await open([
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${await filmOf(picture, home)}`,
  ])
  const shop = await window_(counter)
  let posts = 0
  await shop.page.route('**/api/v1/redemptions', async route => {
    posts++
    if (posts === 1) {
      await route.fetch() // the server acts, and its answer is lost
      await route.abort('connectionreset')
    } else await route.continue()
  })
  await be(shop.page, CLERK)
  for (const key of ['0', '.', '5']) await shop.page.locator(`[id="key-${key}"]`).click()
  await shop.page
    .getByText(/顾客付/)
    .first()
    .waitFor()
  await shop.page.locator('#scan').click()
  await shop.page.getByText('收到 0.50 元').waitFor({ timeout: 20_000 })
  await payer.page.getByText(/^付好了/).waitFor()
  assert.equal(posts, 2)

  const ask = await asking(RESIDENT)
  assert.equal((await ask('GET', '/points')).body.points, had - 50)

  await shop.page.goto(`${BASE}/m/#/shop/day/index`)
  await shop.page.getByText('撤销', { exact: true }).first().click()
  await shop.page.getByRole('button', { name: '打错了' }).click()
  await shop.page.getByRole('dialog').waitFor({ state: 'detached' })
  await shop.page
    .getByText(/已撤销：打错了/)
    .first()
    .waitFor()
  assert.equal((await ask('GET', '/points')).body.points, had)
  await counter.close()
  await payer.context.close()
})

test('a liaison records a visit without network; it is sent when the network is back', async () => {
  const { context, page } = await window_(browser)
  const file = path.join(home, 'door.jpg')
  writeFileSync(file, await photo(page))
  await be(page, LIAISON)
  await page.getByText('全部').first().click()
  await page.locator('#at-the-door').first().waitFor()
  const opens = async () => {
    const chooser = page.waitForEvent('filechooser')
    await page.locator('#at-the-door').locator('visible=true').first().click()
    await (await chooser).setFiles(file)
    await page.locator('#grade-a').locator('visible=true').waitFor()
  }
  await opens() // the screen is on the phone, as it always is in WeChat
  await page.getByRole('button', { name: '返回' }).locator('visible=true').click()
  await context.setOffline(true)
  await opens()
  await page.locator('#grade-a').locator('visible=true').click()
  await page.locator('#record').locator('visible=true').click()
  await page.getByText('1 条记录等着上传').locator('visible=true').waitFor()
  await context.setOffline(false)
  await page
    .getByText('1 条记录等着上传')
    .locator('visible=true')
    .waitFor({ state: 'detached', timeout: 30_000 })
  const told = await page.evaluate(() => JSON.parse(localStorage.getItem('field') ?? '{}').data)
  assert.deepEqual(
    told.map((one: any) => [one.state, one.why]),
    [['sent', undefined]],
  )
  await context.close()
})

test('whoever reads large has three acts and no tab bar', async () => {
  const { context, page } = await window_(browser, { large: true })
  await be(page, RESIDENT)
  await page.getByText('拍垃圾').waitFor()
  assert.equal(await page.locator('.taro-tabbar__tabbar').locator('visible=true').count(), 0)
  await page.getByText('付钱').click()
  await page.locator('#digits').waitFor()
  await context.close()
})

test('a session that ends in the middle is renewed, and nothing is asked of the person', async () => {
  const { context, page } = await window_(browser)
  await be(page, RESIDENT)
  await page.locator('#balance').waitFor()
  await page.evaluate(() => sessionStorage.setItem('token', JSON.stringify('ended')))
  await page.goto(`${BASE}/m/#/account/points/index`)
  await page.locator('.points-figure').waitFor()
  await context.close()
})

const elsewhere = (complaint: string) => complaint.startsWith('asked elsewhere')

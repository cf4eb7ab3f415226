/** A real Chromium against a real backend: what journeys and the gallery share. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export const BASE = process.env.FEN_URL ?? 'http://127.0.0.1:8000'
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

export function open(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream', ...more],
  })
}

/** A window of somebody's own; what it asked elsewhere and complained of is kept. */
export async function window_(browser: Browser, { large = false } = {}) {
  const context = await browser.newContext({
    viewport: { width: 375, height: 812 },
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    permissions: ['camera'],
  })
  const complaints: string[] = []
  const page = await context.newPage()
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(BASE) && !url.startsWith('data:') && !url.startsWith('blob:'))
      complaints.push(`asked elsewhere: ${url}`)
  })
  if (large) await context.addInitScript(() => localStorage.setItem('large', JSON.stringify({ data: 'yes' })))
  return { context, page, complaints }
}

export async function be(page: Page, openid: string) {
  await page.goto(`${BASE}/m/#/sandbox/who/index`)
  await page.locator('#demo-19900000001').waitFor()
  if (!(await page.locator(`#${openid}`).count())) await page.getByText('更多人').click()
  await page.locator(`#${openid}`).click()
}
export const shown = (page: Page, words: string) => page.getByText(words).locator('visible=true').first()
export type { BrowserContext, Page }

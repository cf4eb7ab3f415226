import type { Page } from 'playwright-core'

/** A photo that nobody took before: a JPEG with enough in it to be looked at. */
export async function photo(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 1200
    canvas.height = 900
    const pen = canvas.getContext('2d')!
    for (let spot = 0; spot < 900; spot++) {
      pen.fillStyle = `hsl(${Math.random() * 360} 60% ${20 + Math.random() * 60}%)`
      pen.fillRect(
        Math.random() * 1200,
        Math.random() * 900,
        20 + Math.random() * 160,
        20 + Math.random() * 160,
      )
    }
    return canvas.toDataURL('image/jpeg', 0.9)
  })
  return Buffer.from(url.split(',')[1], 'base64')
}

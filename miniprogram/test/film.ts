import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { CHROMIUM } from './browser'

const [WIDTH, HEIGHT, FRAMES] = [640, 480, 10]

/** A picture as a film that Chromium takes for what its camera sees (Y4M; only the light counts). */
export async function filmOf(picture: Buffer, folder: string): Promise<string> {
  const light = await lightOf(picture)
  const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, colourless])
  const film = path.join(folder, 'camera.y4m')
  writeFileSync(
    film,
    Buffer.concat([
      Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
      ...Array(FRAMES).fill(frame),
    ]),
  )
  return film
}

async function lightOf(picture: Buffer): Promise<Buffer> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const page = await browser.newPage()
  const values = await page.evaluate(
    async ([source, width, height]) => {
      const image = new Image()
      image.src = source as string
      await image.decode()
      const canvas = document.createElement('canvas')
      canvas.width = width as number
      canvas.height = height as number
      const pen = canvas.getContext('2d')!
      pen.fillStyle = '#777'
      pen.fillRect(0, 0, canvas.width, canvas.height)
      const scale = Math.min(canvas.width / image.width, canvas.height / image.height)
      const [w, h] = [image.width * scale, image.height * scale]
      pen.drawImage(image, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h)
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
      return Array.from({ length: canvas.width * canvas.height }, (_, i) =>
        Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]),
      )
    },
    [`data:image/png;base64,${picture.toString('base64')}`, WIDTH, HEIGHT],
  )
  await browser.close()
  return Buffer.from(values)
}

import Taro from '@tarojs/taro'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

// It would otherwise be fetched from elsewhere.
prepareZXingModule({ overrides: { locateFile: (file: string) => `${PUBLIC_PATH}wasm/${file}` } })

export const hasViewfinder = true
export async function scanCode(): Promise<string | undefined> {
  return undefined
}

/** Look through the camera until it sees a code; undefined when stopped, an error when there is no camera. */
export async function watch(host: HTMLElement, stop: { stopped: boolean }): Promise<string | undefined> {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error('这里用不了摄像头')
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 } },
  })
  const video = document.createElement('video')
  video.playsInline = true
  video.muted = true
  video.srcObject = stream
  host.appendChild(video)
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  try {
    await video.play()
    while (!stop.stopped) {
      if (video.videoWidth) {
        canvas.width = video.videoWidth
        canvas.height = video.videoHeight
        pen.drawImage(video, 0, 0)
        const [found] = await readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), {
          formats: ['QRCode'],
        })
        if (found?.text) return found.text
      }
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    return undefined
  } finally {
    for (const track of stream.getTracks()) track.stop()
    video.remove()
  }
}

/** Read a code from a photo of it. */
export async function scanPhoto(): Promise<string | undefined> {
  const chosen = await Taro.chooseImage({ count: 1, sourceType: ['album'] }).catch(() => undefined)
  if (!chosen) return undefined
  const picture = await (await fetch(chosen.tempFilePaths[0])).blob()
  const [found] = await readBarcodes(picture, { formats: ['QRCode'] })
  if (!found?.text) throw new Error('照片里没有找到二维码，请靠近一点再拍')
  return found.text
}

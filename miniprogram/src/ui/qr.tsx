import { Canvas } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useEffect } from 'react'
import { encode } from 'uqr'

const INK = '#17262A'
const LOOK_AGAIN = 60
const LOOKS = 50

/** A QR code, drawn on the phone as soon as its canvas is there. */
export function QrCode({ text, size, id, label }: { text: string; size: number; id: string; label: string }) {
  useEffect(() => {
    let looks = LOOKS
    let timer: ReturnType<typeof setTimeout>
    const draw = () =>
      Taro.createSelectorQuery()
        .select(`#${id}`)
        .fields({ node: true })
        .exec(([found]) => {
          if (found?.node?.getContext) paint(found.node, size, text)
          else if (looks-- > 0) timer = setTimeout(draw, LOOK_AGAIN)
        })
    Taro.nextTick(draw)
    return () => clearTimeout(timer)
  }, [text, id])
  const length = Taro.pxTransform(size)
  const marks: any =
    process.env.TARO_ENV === 'h5' ? { role: 'img', 'aria-label': label } : { ariaLabel: label }
  return (
    <Canvas
      type='2d'
      id={id}
      canvasId={id}
      style={{ width: length, height: length, display: 'block' }}
      {...marks}
    />
  )
}

function paint(canvas: HTMLCanvasElement, width: number, text: string) {
  const { data, size: cells } = encode(text, { ecc: 'M', border: 2 })
  const cell = Math.max(1, Math.floor((width * (Taro.getWindowInfo().pixelRatio || 1)) / cells))
  canvas.width = canvas.height = cell * cells
  const pen = canvas.getContext('2d')!
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = INK
  data.forEach((line, y) => {
    line.forEach((isDark, x) => {
      if (isDark) pen.fillRect(x * cell, y * cell, cell, cell)
    })
  })
}

import Taro from '@tarojs/taro'

export const hasViewfinder = false
/** What a code says; undefined when the person changed their mind. */
export async function scanCode(): Promise<string | undefined> {
  try {
    return (await Taro.scanCode({ onlyFromCamera: false, scanType: ['qrCode', 'barCode'] })).result
  } catch {
    return undefined
  }
}
/** In a browser the picture is looked at by us, in an element of the page. */
export async function watch(_host: HTMLElement, _stop: { stopped: boolean }): Promise<string | undefined> {
  return undefined
}
export async function scanPhoto(): Promise<string | undefined> {
  return undefined
}

import Taro from '@tarojs/taro'
import { call, sendTo } from './http'
import { smaller } from './smaller'

/** Take a photo with the camera, or choose one; undefined when the person changed their mind. */
export async function takePhoto(): Promise<string | undefined> {
  try {
    const taken = await Taro.chooseMedia({
      count: 1,
      mediaType: ['image'],
      sourceType: ['camera', 'album'],
      sizeType: ['compressed'],
    })
    return await smaller(taken.tempFiles[0].tempFilePath)
  } catch (failure) {
    if (/cancel/.test(String((failure as { errMsg?: string }).errMsg ?? failure))) return undefined
    throw failure
  }
}

/** Put a photo into the store by a link signed for it; its id is what a command then names. */
export async function storePhoto(filePath: string): Promise<string> {
  const { id, form } = await call('post', '/api/v1/photos/uploads', { body: { content_type: 'image/jpeg' } })
  await sendTo(form as { url: string; fields: Record<string, string> }, filePath)
  return id
}

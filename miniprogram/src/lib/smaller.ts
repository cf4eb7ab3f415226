import Taro from '@tarojs/taro'

/** A photo small enough for a village's network. */
export async function smaller(filePath: string): Promise<string> {
  const { tempFilePath } = await Taro.compressImage({
    src: filePath,
    quality: 80,
    compressedWidth: 1600,
  } as Taro.compressImage.Option)
  return tempFilePath
}

import Taro from '@tarojs/taro'

/** A photo that outlives the mini-program: temporary files die. */
export async function keepFile(filePath: string, name: string): Promise<string> {
  const kept = `${Taro.env.USER_DATA_PATH}/${name}.jpg`
  Taro.getFileSystemManager().copyFileSync(filePath, kept)
  return kept
}
export const openFile = async (kept: string) => kept
export function dropFile(kept: string) {
  try {
    Taro.getFileSystemManager().unlinkSync(kept)
  } catch {
    // It is gone already.
  }
}

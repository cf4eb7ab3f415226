import Taro from '@tarojs/taro'

/** What outlives the mini-program: kept on the phone. Who is signed in is kept in the same place. */
export const kept = {
  get: <T>(name: string): T | undefined => Taro.getStorageSync(name) || undefined,
  put: (name: string, value: unknown) => Taro.setStorageSync(name, value),
  drop: (name: string) => Taro.removeStorageSync(name),
}
export const who = kept

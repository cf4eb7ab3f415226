import Taro from '@tarojs/taro'

/** What outlives the page: kept in the browser, shared by its windows. */
export const kept = {
  get: <T>(name: string): T | undefined => Taro.getStorageSync(name) || undefined,
  put: (name: string, value: unknown) => Taro.setStorageSync(name, value),
  drop: (name: string) => Taro.removeStorageSync(name),
}

/** Who is signed in: a window's own, so that two windows can be two people. */
export const who = {
  get: <T>(name: string): T | undefined => {
    const held = sessionStorage.getItem(name)
    return held ? JSON.parse(held) : undefined
  },
  put: (name: string, value: unknown) => sessionStorage.setItem(name, JSON.stringify(value)),
  drop: (name: string) => sessionStorage.removeItem(name),
}

import Taro from '@tarojs/taro'

export const TABS = ['/pages/today/index', '/pages/mall/index', '/pages/pay/index', '/pages/me/index']

/** Go to a screen; tabs are switched to. */
export function go(url: string) {
  if (TABS.includes(url)) void Taro.switchTab({ url })
  else void Taro.navigateTo({ url })
}
/** Go back, or where one would have come from when there is nothing behind. */
export function goBack(otherwise = TABS[0]) {
  if (Taro.getCurrentPages().length > 1) void Taro.navigateBack()
  else void Taro.reLaunch({ url: otherwise })
}

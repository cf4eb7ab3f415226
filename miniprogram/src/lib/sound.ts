import Taro from '@tarojs/taro'

/** It is done: felt in the hand. WeChat promises no voice (docs/client.md). */
export function celebrate(_sentence: string) {
  void Taro.vibrateShort({ type: 'medium' }).catch(() => {})
}
export const canSpeak = false
export function speak(_sentence: string) {}

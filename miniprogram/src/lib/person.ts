import Taro from '@tarojs/taro'

/** Who is at this phone: WeChat says it. */
export const loginCode = async () => (await Taro.login()).code
/** Whether somebody is chosen; in WeChat, always. */
export const isSomebody = () => true
/** What the phone button gave. */
export const phoneCode = async (event: { detail: { code?: string } }) => event.detail.code

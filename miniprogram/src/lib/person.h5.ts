import { who } from './keeping'

async function code(kind: 'login-code' | 'phone-code'): Promise<string> {
  const openid = who.get<string>('person')
  const answer = await fetch(`/m/people/${openid}/${kind}`, { method: 'POST' })
  if (!answer.ok) throw new Error('没能用这个人的身份登录，请刷新后重选一个人')
  return (await answer.json()).code
}

/** Who is at this window: chosen on the first page, from the people of the demo. */
export const loginCode = () => code('login-code')
export const isSomebody = () => who.get<string>('person') !== undefined
export const phoneCode = async (_event: unknown) => code('phone-code')

/** Who is signed in, which role they work in, and how large they read. */
import Taro from '@tarojs/taro'
import { createContext, type PropsWithChildren, useContext, useEffect, useState } from 'react'
import type { components } from '../api/schema'
import { forgetAll } from './asking'
import { ApiError, call, NoAnswer, renewBy } from './http'
import { kept, who } from './keeping'
import { isSomebody, loginCode } from './person'

export type Me = components['schemas']['MeOut']
export const WHO_PAGE = '/sandbox/who/index'

interface Session {
  me?: Me
  error?: Error
  isLarge: boolean
  setLarge: (isLarge: boolean) => void
  /** Ask again who the caller is: after a binding, or when the first try failed. */
  refresh: () => Promise<Me | undefined>
}
const Context = createContext<Session>({ isLarge: false, setLarge: () => {}, refresh: async () => undefined })
export const useSession = () => useContext(Context)

async function signIn(): Promise<void> {
  const code = await loginCode()
  const answer = await Taro.request<any>({
    url: `${API_BASE}/api/v1/session`,
    method: 'POST',
    data: { code, county_id: kept.get<number>('county') },
    header: { 'content-type': 'application/json' },
  }).catch(() => {
    throw new NoAnswer()
  })
  if (answer.statusCode >= 400)
    throw new ApiError(
      answer.statusCode,
      answer.data?.code,
      answer.data?.message,
      answer.data?.details,
      answer.data?.request_id,
    )
  keepSession(answer.data)
}
renewBy(signIn)

export function keepSession(session: { token: string }) {
  who.put('token', session.token)
}

/** Become somebody else: in a browser only. */
export function becomes(openid: string | undefined) {
  who.drop('token')
  if (openid) who.put('person', openid)
  else who.drop('person')
  forgetAll()
  announce()
}

let announce: () => void = () => {}

export function SessionProvider({ children }: PropsWithChildren) {
  const [me, setMe] = useState<Me>()
  const [error, setError] = useState<Error>()
  const [isLarge, setLarge] = useState(() => kept.get<string>('large') === 'yes')
  const refresh = async () => {
    if (!isSomebody()) {
      setMe(undefined)
      return undefined
    }
    try {
      const found = await call('get', '/api/v1/me', {})
      setMe(found)
      setError(undefined)
      return found
    } catch (failure) {
      setError(failure as Error)
      return undefined
    }
  }
  useEffect(() => {
    announce = () => {
      setMe(undefined)
      void refresh()
    }
    void refresh()
  }, [])
  const session: Session = {
    me,
    error,
    isLarge,
    setLarge: large => {
      kept.put('large', large ? 'yes' : 'no')
      setLarge(large)
    },
    refresh,
  }
  return <Context.Provider value={session}>{children}</Context.Provider>
}

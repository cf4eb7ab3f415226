/** Ask the server for what a screen shows: known things at once, fresh ones behind them, errors kept apart. */
import { useDidShow } from '@tarojs/taro'
import { useCallback, useEffect, useRef, useState } from 'react'
import { NoAnswer } from './http'

const STALE_AFTER = 30_000
const known = new Map<string, { value: unknown; at: number }>()

export interface Answer<T> {
  value?: T
  /** When `value` was fresh, if it is not now. */
  since?: number
  error?: Error
  isOffline: boolean
  again: () => void
}

export function useAnswer<T>(name: string | undefined, ask: () => Promise<T>): Answer<T> {
  const [, redraw] = useState(0)
  const [error, setError] = useState<Error>()
  const asking = useRef(ask)
  asking.current = ask
  const fetchNow = useCallback(async () => {
    if (!name) return
    try {
      const value = await asking.current()
      known.set(name, { value, at: Date.now() })
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    }
    redraw(n => n + 1)
  }, [name])
  const lookAgain = () => {
    const held = name && known.get(name)
    if (!held || Date.now() - held.at > STALE_AFTER) void fetchNow()
  }
  useEffect(lookAgain, [fetchNow])
  useDidShow(lookAgain)
  const held = name ? (known.get(name) as { value: T; at: number } | undefined) : undefined
  return {
    value: held?.value,
    since: error ? held?.at : undefined,
    error,
    isOffline: error instanceof NoAnswer,
    again: fetchNow,
  }
}

/** After something was done: what begins so is asked for anew when a screen shows it. */
export function forget(...beginnings: string[]) {
  for (const name of known.keys())
    if (beginnings.some(beginning => name.startsWith(beginning))) known.delete(name)
}
export const forgetAll = () => known.clear()

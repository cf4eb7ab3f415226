/**
 * One intention, one key: a tap that is repeated, or a page opened again after a lost answer, sends
 * the same key, and the server answers with what it did the first time.
 */
import { ApiError } from './http'
import { newId } from './ids'
import { kept } from './keeping'

const running = new Map<string, Promise<unknown>>()

/** Do what was meant, under the key that belongs to it until the server has answered. */
export function once<T>(intention: string, act: (key: string) => Promise<T>): Promise<T> {
  const already = running.get(intention)
  if (already) return already as Promise<T>
  const doing = answered(intention, act).finally(() => running.delete(intention))
  running.set(intention, doing)
  return doing
}

async function answered<T>(intention: string, act: (key: string) => Promise<T>): Promise<T> {
  const place = `key:${intention}`
  const key = kept.get<string>(place) ?? newId()
  kept.put(place, key)
  try {
    const result = await act(key)
    kept.drop(place)
    return result
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) kept.drop(place)
    throw error
  }
}

/**
 * Requests, typed by the API's own document, carried by Taro on both targets.
 *
 * A lost answer of a question, or of a command with a key, is asked for again; a session that has
 * ended is renewed once, and the request repeated. What cannot be mended here is an `ApiError`,
 * whose `message` the server wrote for people, or `NoAnswer`.
 */
import Taro from '@tarojs/taro'
import type { paths } from '../api/schema'
import { ApiError, NoAnswer } from './errors'
import { who } from './keeping'

type Method = 'get' | 'post' | 'put' | 'delete'
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: any }> ? P : never
}[keyof paths]
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never
type Json<C> = C extends { content: { 'application/json': infer T } } ? T : undefined
type Success<O> = O extends { responses: infer R }
  ? { [K in Extract<keyof R, 200 | 201 | 202 | 204>]: Json<R[K]> }[Extract<keyof R, 200 | 201 | 202 | 204>]
  : never
type Body<O> = O extends { requestBody?: infer B } ? Json<NonNullable<B>> : undefined
type Form<O> = O extends { requestBody?: infer B }
  ? NonNullable<B> extends { content: { 'multipart/form-data': infer T } }
    ? T
    : never
  : never
type Part<O, K extends 'path' | 'query' | 'header'> = O extends { parameters: infer A }
  ? K extends keyof A
    ? NonNullable<A[K]> extends never
      ? undefined
      : NonNullable<A[K]>
    : undefined
  : undefined
type Given<K extends string, T> = [T] extends [undefined] ? { [k in K]?: undefined } : { [k in K]: T }
type Key<O> = Part<O, 'header'> extends { 'Idempotency-Key': string } ? { key: string } : { key?: string }
export type Asked<O> = Given<'body', Body<O>> &
  Given<'path', Part<O, 'path'>> & { query?: Part<O, 'query'> } & Key<O>

export { ApiError, NoAnswer }

const PAUSES = [1000, 3000]
const TIME_LIMIT = 15_000
const UPLOAD_TIME_LIMIT = 60_000
const later = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

let renewing: Promise<void> | undefined
let renew: () => Promise<void> = () => Promise.reject(new ApiError(401, 'unauthenticated', '请先登录'))
/** How a session is begun anew; the session module says it, once. */
export function renewBy(way: () => Promise<void>) {
  renew = way
}

export async function call<M extends Method, P extends PathsWith<M>>(
  method: M,
  path: P,
  asked: Asked<Operation<P, M>>,
): Promise<Success<Operation<P, M>>> {
  const {
    body,
    path: values,
    query,
    key,
  } = asked as { body?: unknown; path?: object; query?: object; key?: string }
  const url = address(path as string, values, query)
  const mayRepeat = method === 'get' || key !== undefined
  return patiently(mayRepeat, () =>
    signedIn(async header => {
      const answer = await Taro.request<any>({
        url,
        method: method.toUpperCase() as keyof Taro.request.Method,
        data: body as any,
        timeout: TIME_LIMIT,
        header: { 'content-type': 'application/json', ...(key && { 'Idempotency-Key': key }), ...header },
      }).catch(noAnswer)
      return read(answer.statusCode, answer.data)
    }),
  )
}

/** Post a form with one file in it, read again from the phone for each try. */
export async function upload<
  P extends PathsWith<'post'>,
  F extends string & keyof Form<Operation<P, 'post'>>,
>(
  path: P,
  field: F,
  filePath: string,
  form: Omit<Form<Operation<P, 'post'>>, F>,
  values?: object,
): Promise<Success<Operation<P, 'post'>>> {
  return signedIn(header =>
    send(address(path as string, values), field, filePath, form as Record<string, any>, header),
  )
}

/** Post a form without a file. */
export async function submit<P extends PathsWith<'post'>>(
  path: P,
  form: Form<Operation<P, 'post'>>,
  key?: string,
): Promise<Success<Operation<P, 'post'>>> {
  return patiently(key !== undefined, () =>
    signedIn(async header => {
      const answer = await Taro.request<any>({
        url: address(path as string),
        method: 'POST',
        data: encoded(form as Record<string, any>) as any,
        timeout: TIME_LIMIT,
        header: {
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
          ...(key && { 'Idempotency-Key': key }),
          ...header,
        },
      }).catch(noAnswer)
      return read(answer.statusCode, answer.data)
    }),
  )
}

/** Put a file where a signed form of the server says. */
export async function sendTo(
  form: { url: string; fields: Record<string, string> },
  filePath: string,
): Promise<void> {
  await send(sameOrigin(form.url), 'file', filePath, form.fields, {})
}

const BOUNDARY = 'fen-7d1c5f0a9b'
function encoded(form: Record<string, any>): string {
  const parts = Object.entries(form).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter(one => one !== undefined && one !== null)
      .map(one => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${one}\r\n`),
  )
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

async function send(url: string, name: string, filePath: string, form: Record<string, any>, header: object) {
  const formData = Object.fromEntries(
    Object.entries(form).filter(([, value]) => value !== undefined && value !== null),
  )
  const answer = await Taro.uploadFile({
    url,
    filePath,
    name,
    formData,
    header,
    timeout: UPLOAD_TIME_LIMIT,
  }).catch(noAnswer)
  let data: any = answer.data
  try {
    data = JSON.parse(answer.data)
  } catch {
    // A store answers with nothing, a proxy with a page of its own.
  }
  return read(answer.statusCode, data)
}

async function signedIn<T>(attempt: (header: { Authorization?: string }) => Promise<T>): Promise<T> {
  try {
    return await attempt(authorization())
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    renewing ??= renew().finally(() => {
      renewing = undefined
    })
    await renewing
    return attempt(authorization())
  }
}

async function patiently<T>(mayRepeat: boolean, attempt: () => Promise<T>): Promise<T> {
  for (const pause of mayRepeat ? PAUSES : []) {
    try {
      return await attempt()
    } catch (error) {
      const passes = error instanceof NoAnswer || (error instanceof ApiError && error.status === 503)
      if (!passes) throw error
    }
    await later(pause)
  }
  return attempt()
}

function authorization() {
  const token = who.get<string>('token')
  return token ? { Authorization: `Bearer ${token}` } : {}
}

export function address(path: string, values: object = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name])),
  )
  const asked = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return API_BASE + filled + (asked.length ? `?${asked.join('&')}` : '')
}

/** A link that the API signed, as this target reaches it: in a browser the page's own host. */
export function sameOrigin(url: string): string {
  const ours = url.match(/^https?:\/\/[^/]+(\/api\/v1\/.*)$/)
  return ours && API_BASE === '' ? ours[1] : url
}

function read(status: number, data: any) {
  if (status < 400) return data
  throw new ApiError(
    status,
    data?.code ?? `http_${status}`,
    data?.message ?? '系统出了点问题，请稍后再试',
    data?.details,
    data?.request_id,
  )
}

function noAnswer(): never {
  throw new NoAnswer()
}

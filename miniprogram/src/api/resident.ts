/** What a resident asks and does. Names on the wire stay as they are. */

import { call, submit } from '../lib/http'
import type { components } from './schema'

export type Schemas = components['schemas']
export type SelfCheck = Schemas['SelfCheckOut']
export type Transfer = Schemas['PointsTransferOut']

export const points = () => call('get', '/api/v1/points', {})
export const transfers = (before?: string) =>
  call('get', '/api/v1/points/transfers', { query: { before, limit: 30 } })
export const awards = () => call('get', '/api/v1/awards', { query: { limit: 50 } })
export const whyAward = (award_id: string) => call('get', '/api/v1/awards/{award_id}', { path: { award_id } })

export const selfChecksSince = (from_on: string) =>
  call('get', '/api/v1/self-checks', { query: { from_on, limit: 50 } })
export const selfCheck = (self_check_id: string) =>
  call('get', '/api/v1/self-checks/{self_check_id}', { path: { self_check_id } })
export const sendSelfCheck = (upload_id: string, key: string) =>
  submit('/api/v1/self-checks', { upload_id }, key)
export const appeal = (self_check_id: string, sentence: string, key: string) =>
  call('post', '/api/v1/self-checks/{self_check_id}/appeal', {
    path: { self_check_id },
    body: { sentence },
    key,
  })

export const ownRates = () => call('get', '/api/v1/rates/own', {})
export const readyOrders = () => call('get', '/api/v1/orders', { query: { state: 'ready', limit: 5 } })
export const notices = () => call('get', '/api/v1/notices', { query: { limit: 50 } })

export const newPayCode = () => call('post', '/api/v1/pay-codes', {})
export const payCodeState = () => call('get', '/api/v1/pay-codes/current', {})
export const sayYes = (pending_id: string, key: string) =>
  call('post', '/api/v1/pending-payments/{pending_id}/confirmation', { path: { pending_id }, key })
export const sayNo = (pending_id: string, key: string) =>
  call('post', '/api/v1/pending-payments/{pending_id}/refusal', { path: { pending_id }, key })
export const bindByPhone = (code: string) => call('post', '/api/v1/bindings/by-phone', { body: { code } })

/** What a shop asks and does. */
import { call } from '../lib/http'

export const shops = () => call('get', '/api/v1/shops', {})
export const account = (shop_id: string) =>
  call('get', '/api/v1/shops/{shop_id}/account', { path: { shop_id } })
export const day = (shop_id: string, on: string) =>
  call('get', '/api/v1/shops/{shop_id}/day', { path: { shop_id }, query: { on } })
export const taken = (shop_id: string, on: string) =>
  call('get', '/api/v1/shops/{shop_id}/redemptions', { path: { shop_id }, query: { on, limit: 50 } })
export const quote = (shop_id: string, price_fen: number) =>
  call('post', '/api/v1/redemptions/quote', { body: { shop_id, price_fen } })
export const take = (
  {
    shop_id,
    price_fen,
    points,
    ...code
  }: { shop_id: string; price_fen: number; points: number; code?: string; digits?: string },
  key: string,
) => call('post', '/api/v1/redemptions', { body: { shop_id, price_fen, points, ...code }, key })
export const pending = (pending_id: string) =>
  call('get', '/api/v1/pending-payments/{pending_id}', { path: { pending_id } })
export const takeBack = (redemption_id: string, reason: string, key: string) =>
  call('post', '/api/v1/redemptions/{redemption_id}/void', { path: { redemption_id }, body: { reason }, key })

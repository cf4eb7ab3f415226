/** What a household asks of the mall. */
import { call } from '../lib/http'

export const categories = () => call('get', '/api/v1/catalogue/categories', {})
export const offers = (query: {
  words?: string
  category_id?: string
  after?: string
  village_id?: string
}) =>
  call('get', '/api/v1/catalogue/offers', { query: { ...query, in_stock: true, sort: 'popular', limit: 30 } })
export const offer = (offer_id: string) =>
  call('get', '/api/v1/catalogue/offers/{offer_id}', { path: { offer_id } })
export const shopsNear = () => call('get', '/api/v1/shops/near', { query: { limit: 20 } })

export interface Wanted {
  offer_id: string
  count: number
}
export const quote = (shop_id: string, lines: Wanted[]) =>
  call('post', '/api/v1/orders/quote', { body: { shop_id, lines } })
export const place = (
  shop_id: string,
  lines: Wanted[],
  points: number,
  way: 'pick_up' | 'delivery',
  key: string,
) => call('post', '/api/v1/orders', { body: { shop_id, lines, points, way }, key })
export const orders = () => call('get', '/api/v1/orders', { query: { limit: 30 } })
export const order = (order_id: string) => call('get', '/api/v1/orders/{order_id}', { path: { order_id } })
export const orderCode = (order_id: string) =>
  call('post', '/api/v1/orders/{order_id}/code', { path: { order_id } })
export const cancel = (order_id: string, key: string) =>
  call('post', '/api/v1/orders/{order_id}/cancellation', { path: { order_id }, key })
export const answerSubstitute = (order_id: string, line_id: string, is_wanted: boolean, key: string) =>
  call('post', '/api/v1/orders/{order_id}/lines/{line_id}/answer', {
    path: { order_id, line_id },
    body: { is_wanted },
    key,
  })

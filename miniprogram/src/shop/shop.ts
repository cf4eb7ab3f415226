import * as api from '../api/shop'
import { useAnswer } from '../lib/asking'
import { kept } from '../lib/keeping'

/** The shops at which the caller serves, and the one that is open on this phone. */
export function useShop() {
  const shops = useAnswer('shops', api.shops)
  const items = shops.value?.items
  const shop = items?.find(one => one.id === kept.get('shop')) ?? items?.[0]
  return { shops, items, shop }
}

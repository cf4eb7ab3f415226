/** What somebody wants of a shop; only the phone keeps it. */
import { useState } from 'react'
import { kept, who } from './keeping'

export interface Wanted {
  offer_id: string
  shop_id: string
  name: string
  count: number
}
const place = () => `basket:${who.get<string>('person') ?? ''}`
const read = () => kept.get<Wanted[]>(place()) ?? []

/** Change how many of an offer are wanted; what is wanted of another shop waits there. */
export function withCount(basket: Wanted[], wanted: Omit<Wanted, 'count'>, count: number): Wanted[] {
  const others = basket.filter(one => one.offer_id !== wanted.offer_id)
  return count > 0 ? [...others, { ...wanted, count }] : others
}

export function useBasket() {
  const [basket, setBasket] = useState(read)
  const put = (next: Wanted[]) => {
    kept.put(place(), next)
    setBasket(next)
  }
  return {
    basket,
    reread: () => setBasket(read()),
    countOf: (offer_id: string) => basket.find(one => one.offer_id === offer_id)?.count ?? 0,
    change: (wanted: Omit<Wanted, 'count'>, count: number) => put(withCount(read(), wanted, count)),
    empty: (shop_id: string) => put(read().filter(one => one.shop_id !== shop_id)),
  }
}

/** What a liaison asks and records at a door. */
import { call, submit } from '../lib/http'

export type Need = 'due' | 'slipping' | 'care'
export const households = (need?: Need) =>
  call('get', '/api/v1/liaison/households', { query: { need, limit: 50 } as any })
export const record = (form: Record<string, unknown>, key: string) =>
  submit('/api/v1/checks', form as any, key)

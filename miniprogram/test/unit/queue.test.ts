import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError, NoAnswer } from '../../src/lib/errors'
import { after, fresh, nextOf, Queue, type Waiting } from '../../src/lib/queue'

const record = (id: string, household: string, state: Waiting['state'] = 'waiting', user = 'u'): Waiting => ({
  id,
  household,
  state,
  user,
  title: id,
  form: {},
  photo: '',
  phone_time: '2026-11-30T01:00:00Z',
})

test('the oldest is sent first, and a refusal holds up its household alone', () => {
  const records = [record('1', 'a', 'sent'), record('2', 'a', 'refused'), record('3', 'a'), record('4', 'b')]

  assert.equal(nextOf(records, 'u')?.id, '4')
  assert.equal(nextOf(records.slice(0, 3), 'u'), undefined)
  assert.equal(nextOf(records, 'somebody else'), undefined)
})

test('what the server refuses is kept and shown, what the network lost is tried again', () => {
  const one = record('1', 'a', 'sending')

  assert.deepEqual(
    [
      after(one, new ApiError(409, 'check.photo_repeated', '照片用过了'), 5).state,
      after(one, new ApiError(409, 'check.photo_repeated', '照片用过了'), 5).why,
    ],
    ['refused', '照片用过了'],
  )
  assert.equal(after(one, new NoAnswer(), 5).state, 'waiting')
  assert.equal(after(one, new ApiError(503, 'unavailable', ''), 5).state, 'waiting')
  assert.equal(after(one, new ApiError(401, 'unauthenticated', ''), 5).state, 'waiting')
  assert.equal(after(one, undefined, 5).state, 'sent')
})

test('only what was sent more than a day ago is forgotten', () => {
  const sent = { ...record('1', 'a', 'sent'), sentAt: 0 }

  assert.deepEqual(
    fresh([sent, record('2', 'a', 'refused')], 25 * 3600_000).map(one => one.id),
    ['2'],
  )
  assert.equal(fresh([sent], 3600_000).length, 1)
})

test('records go out one by one, and a mended one is sent again', async () => {
  const sent: string[] = []
  const held = new Map<string, unknown>()
  const queue = new Queue(
    async one => {
      if (one.photo === 'old') throw new ApiError(409, 'check.photo_repeated', '照片用过了')
      sent.push(one.id)
    },
    () => 'u',
    {
      get: <T>(name: string) => held.get(name) as T | undefined,
      put: (name, value) => void held.set(name, value),
    },
  )
  queue.add({ ...record('1', 'a'), photo: 'old' })
  queue.add(record('2', 'b'))
  await new Promise(resolve => setTimeout(resolve, 20))

  assert.deepEqual([sent, queue.list().map(one => one.state)], [['2'], ['refused', 'sent']])

  queue.mend('1', { photo: 'new' })
  await new Promise(resolve => setTimeout(resolve, 20))

  assert.deepEqual(sent, ['2', '1'])
})

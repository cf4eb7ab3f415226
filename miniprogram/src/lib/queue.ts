/**
 * What was recorded in the field waits here until the server has it: without network nothing is lost,
 * and nothing is deleted unseen. Oldest first, one at a time; a refusal holds up its household alone.
 */
import { ApiError, NoAnswer } from './errors'

export interface Waiting {
  /** Made by the phone: the server's `client_id` and the key of the request. */
  id: string
  user: string
  household: string
  /** What it is called in the list. */
  title: string
  form: Record<string, unknown>
  photo: string
  phone_time: string
  state: 'waiting' | 'sending' | 'sent' | 'refused'
  why?: string
  sentAt?: number
}
export type Send = (record: Waiting) => Promise<unknown>

const PLACE = 'field'
const KEPT_AFTER = 24 * 3600_000
const [PAUSE_FIRST, PAUSE_LAST] = [5000, 300_000]

/** The first that may be sent now: of this user, and behind nothing of its own household. */
export function nextOf(records: Waiting[], user: string): Waiting | undefined {
  const held = new Set<string>()
  for (const record of records) {
    if (record.user !== user || record.state === 'sent') continue
    if (record.state === 'refused') held.add(record.household)
    else if (!held.has(record.household)) return record
  }
  return undefined
}

/** How a try ended, as the record shows it: refused by the server, or to be tried again. */
export function after(record: Waiting, failure: unknown | undefined, now: number): Waiting {
  if (failure === undefined) return { ...record, state: 'sent', sentAt: now, why: undefined }
  const passes =
    failure instanceof NoAnswer ||
    (failure instanceof ApiError &&
      (failure.status >= 500 || failure.status === 401 || failure.status === 429))
  if (!passes && failure instanceof ApiError) return { ...record, state: 'refused', why: failure.message }
  return { ...record, state: 'waiting' }
}

/** What of a list is still worth keeping. */
export const fresh = (records: Waiting[], now: number) =>
  records.filter(one => one.state !== 'sent' || now - (one.sentAt ?? 0) < KEPT_AFTER)

/** What outlives the mini-program. */
export interface Keeper {
  get: <T>(name: string) => T | undefined
  put: (name: string, value: unknown) => void
}

export class Queue {
  private heard = new Set<() => void>()
  private isWorking = false
  private pause = PAUSE_FIRST
  private timer?: ReturnType<typeof setTimeout>

  constructor(
    private readonly send: Send,
    private readonly user: () => string | undefined,
    private readonly kept: Keeper,
  ) {}

  list(): Waiting[] {
    return (this.kept.get<Waiting[]>(PLACE) ?? []).filter(one => one.user === this.user())
  }
  hear(listener: () => void) {
    this.heard.add(listener)
    return () => {
      this.heard.delete(listener)
    }
  }
  add(record: Waiting) {
    this.write([...this.all(), record])
    this.work()
  }
  /** A person mended it (a new photo), or gave it up. */
  mend(id: string, change: Partial<Waiting> | undefined) {
    this.write(
      this.all().flatMap(one =>
        one.id !== id
          ? [one]
          : change
            ? [{ ...one, ...change, state: 'waiting' as const, why: undefined }]
            : [],
      ),
    )
    this.work()
  }
  /** Try now: at a start, when a screen is shown, when the network is back, or by a button. */
  work() {
    clearTimeout(this.timer)
    if (!this.isWorking) void this.sendAll()
  }

  private async sendAll() {
    this.isWorking = true
    try {
      for (;;) {
        const user = this.user()
        const record = user && nextOf(this.all(), user)
        if (!record) return
        this.put({ ...record, state: 'sending' })
        const failure = await this.send(record).then(
          () => undefined,
          error => error ?? new NoAnswer(),
        )
        const ended = after(record, failure, Date.now())
        this.put(ended)
        if (ended.state === 'waiting') {
          this.timer = setTimeout(() => this.work(), this.pause)
          this.pause = Math.min(PAUSE_LAST, this.pause * 2)
          return
        }
        this.pause = PAUSE_FIRST
      }
    } finally {
      this.isWorking = false
    }
  }
  private all(): Waiting[] {
    return this.kept.get<Waiting[]>(PLACE) ?? []
  }
  private put(record: Waiting) {
    this.write(this.all().map(one => (one.id === record.id ? record : one)))
  }
  private write(records: Waiting[]) {
    this.kept.put(PLACE, fresh(records, Date.now()))
    for (const listener of this.heard) listener()
  }
}

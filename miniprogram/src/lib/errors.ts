/** What the server refused, in its own words. */
export class ApiError extends Error {
  constructor(
    public readonly status: number,
    public readonly code: string,
    message: string,
    public readonly details: Record<string, unknown> = {},
    public readonly requestId = '',
  ) {
    super(message)
  }
}

/** Nothing came back: no network, or nobody there. Whether the server acted is unknown. */
export class NoAnswer extends Error {
  constructor() {
    super('没有网络，或者网络太慢')
  }
}

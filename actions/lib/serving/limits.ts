// Limits for everything a stranger can make large, slow or many. The defaults fit models of tables on one small machine.

export interface Limits {
  readonly bodyBytes: number;
  /** Of all bodies together. */
  readonly totalBodyBytes: number;
  readonly connections: number;
  /** Requests at once; more are told to come back. */
  readonly requests: number;
  /** For the head of a request, and for a connection without one. */
  readonly headMs: number;
  /** For all of a request. */
  readonly requestMs: number;
  /** How long requests may go on after the server was told to end. */
  readonly drainMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 16 * 1024 * 1024,
  totalBodyBytes: 128 * 1024 * 1024,
  connections: 16_384,
  requests: 4096,
  headMs: 10_000,
  requestMs: 30_000,
  drainMs: 10_000,
};

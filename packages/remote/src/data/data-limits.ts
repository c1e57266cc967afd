// The bounds of direct transfer between executors. Tests lower single bounds.

/** Bounds of servers and fetchers. Times are milliseconds on the monotonic clock. */
export interface DataLimits {
  /** The largest request, in bytes. */
  readonly requestBytesMax: number;
  /** Bytes of requests that a server reads at once; a further request is answered with 503. */
  readonly arrivingBytesMax: number;
  /** Requests that a server answers at once; a further request is answered with 503. */
  readonly answersMax: number;
  /** Bytes of answers under way at which a server answers a further request with 503. */
  readonly answerBytesMax: number;
  /** Connections of a server; a further connection is closed. */
  readonly connectionsMax: number;
  /** The time without a byte after which a fetcher gives up a try. A server that works on an answer says so several times meanwhile. */
  readonly silentMs: number;
  /** The time without a byte after which a server gives up a request that arrives. */
  readonly idleMs: number;
  /** The time without a byte after which a server gives up a fetcher that does not read. */
  readonly unreadMs: number;
  /** Bytes of answers that one fetcher reads at once, from all executors. A larger answer is read alone. */
  readonly fetchBytesMax: number;
  /** Requests that one fetcher has under way with one executor. */
  readonly requestsPerPeer: number;
  /** The number of tries of a fetch. Answers of a busy server are not counted. */
  readonly tries: number;
  /** The time for which a fetcher asks a busy server again. */
  readonly busyMs: number;
  /** The time for which requests take the way over the session after the direct way has failed. */
  readonly detourMs: number;
  /** The bytes of one piece of an answer over a session. */
  readonly pieceBytes: number;
  /** Answers that an executor sends in pieces at once to one other executor; a further one replaces the oldest. */
  readonly piecedAnswersMax: number;
}

const MEBIBYTE = 1_048_576;

/** The bounds in production. */
export const DATA_LIMITS: DataLimits = {
  requestBytesMax: MEBIBYTE,
  arrivingBytesMax: 64 * MEBIBYTE,
  answersMax: 64,
  answerBytesMax: 256 * MEBIBYTE,
  connectionsMax: 1_024,
  silentMs: 2_000,
  idleMs: 10_000,
  unreadMs: 60_000,
  fetchBytesMax: 48 * MEBIBYTE,
  requestsPerPeer: 4,
  tries: 3,
  busyMs: 30_000,
  detourMs: 30_000,
  pieceBytes: 262_144,
  piecedAnswersMax: 8,
};

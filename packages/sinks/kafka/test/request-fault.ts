// Requests of Kafka at which a connection breaks, by their numbers in the protocol.
import type { BreakingPoint } from '@millrace/testing';

const REQUESTS = {
  produce: 0,
  fetch: 1,
  initProducerId: 22,
  addPartitions: 24,
  endTransaction: 26,
} as const;

/** The request at which the connection breaks. */
export interface RequestFault {
  readonly request: keyof typeof REQUESTS;
  /** How many such requests pass before. Default 0. */
  readonly after?: number;
  /** True when the request takes effect and only the answer is lost. */
  readonly takesEffect?: boolean;
}

/** Behind the length of a request. */
const KIND_AT = 4;

/** The breaking point. The library writes every request at once, and waits for its answer where the order matters. */
export function pointOf({ request, after = 0, takesEffect = false }: RequestFault): BreakingPoint {
  let seen = 0;
  const at = (bytes: Buffer): boolean => {
    if (bytes.length < KIND_AT + 2 || bytes.readInt16BE(KIND_AT) !== REQUESTS[request]) return false;
    seen += 1;
    return seen > after;
  };
  return { at, takesEffect };
}

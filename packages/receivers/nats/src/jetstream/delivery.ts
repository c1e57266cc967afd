// The facts that JetStream tells about a delivered message, in the subject for its acknowledgement:
//
//   $JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<consumer sequence>.<nanoseconds>.<pending>
//   $JS.ACK.<domain>.<account>.<stream>.<consumer>.<deliveries>.<sequence>. … .<pending>[.<random>]
/** A delivery of a message. */
export interface Delivery {
  /** 1 for the first delivery. */
  readonly deliveries: number;
  /** The number of the message in its stream, from 1. */
  readonly sequence: number;
  /** The number of the delivery by its consumer, from 1. */
  readonly consumerSequence: number;
  /** The time at which the stream took the message, in milliseconds since 1970. */
  readonly timestampMs: number;
  /** Messages behind this one that the consumer has not delivered yet. */
  readonly pending: number;
}

const SHORT = 9;
const SHORT_DELIVERIES_AT = 4;
const LONG_DELIVERIES_AT = 6;
const NANOSECONDS = 1_000_000;

/** Reads the subject of an acknowledgement. @throws Error for any other subject. */
export function deliveryOf(reply: string): Delivery {
  const parts = reply.split('.');
  const at = parts.length === SHORT ? SHORT_DELIVERIES_AT : LONG_DELIVERIES_AT;
  const numberAt = (index: number): number => Number(parts[at + index]);
  const delivery = {
    deliveries: numberAt(0),
    sequence: numberAt(1),
    consumerSequence: numberAt(2),
    timestampMs: Math.floor(numberAt(3) / NANOSECONDS),
    pending: numberAt(4),
  };
  if (parts[0] === '$JS' && parts[1] === 'ACK' && Number.isSafeInteger(delivery.sequence)) return delivery;
  throw new Error('expected a message of JetStream');
}

// The record of a lease: the newest message of its subject. A record says who is in charge, not for how long: other drivers
// observe whether the record changes.
import { clusterError } from '../cluster-errors.ts';
import type { StoredMessage } from '../streams/stream-shapes.ts';

/** The content of a lease. */
export interface NatsLeaseRecord {
  /** `held`: a driver is in charge. `free`: handed over. `stopped`: the application was stopped. */
  readonly state: 'held' | 'free' | 'stopped';
  /** The term, unique for ever. */
  readonly term: string;
  /** The driver, for people. */
  readonly holder: string;
  /** How often the application was stopped so far, so that a driver that stands by notices a stop that was followed by a start. */
  readonly stops: number;
}

/** A record with its place. */
export interface FoundLease extends NatsLeaseRecord {
  readonly sequence: number;
}

const STATES: readonly unknown[] = ['held', 'free', 'stopped'];

/** The bytes of a record. */
export function leaseBytes(record: NatsLeaseRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** Reads a record; undefined when there is none. @throws `MR_CLUSTER_FORMAT_UNSUPPORTED`. */
export function readLease(message: StoredMessage | undefined): FoundLease | undefined {
  if (message === undefined) return undefined;
  const record = parsed(message.data);
  if (record !== undefined) return { ...record, sequence: message.sequence };
  throw clusterError(
    'MR_CLUSTER_FORMAT_UNSUPPORTED',
    `the lease in ${message.subject} is of another version`,
    {
      details: { subject: message.subject, sequence: message.sequence },
    },
  );
}

function parsed(data: Uint8Array): NatsLeaseRecord | undefined {
  try {
    const { state, term, holder, stops } = JSON.parse(
      Buffer.from(data).toString(),
    ) as Partial<NatsLeaseRecord>;
    const isRecord = STATES.includes(state) && typeof term === 'string' && typeof holder === 'string';
    if (!isRecord || state === undefined || !Number.isSafeInteger(stops)) return undefined;
    return { state, term, holder, stops: stops ?? 0 };
  } catch {
    return undefined;
  }
}

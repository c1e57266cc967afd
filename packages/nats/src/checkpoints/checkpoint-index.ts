// The index of checkpoints: one record that names the object of each checkpoint and of each part. A record is replaced by an append
// that expects the record before, so a reader finds all of a change or nothing, and an earlier driver is refused.
import { clusterError } from '../cluster-errors.ts';
import type { StoredMessage } from '../streams/stream-shapes.ts';

/** Bytes in chunks, under a name that is used once. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
  readonly chunks: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

/** The objects by their numbers: batch times, and numbers of parts. */
export interface CheckpointIndex {
  readonly checkpoints: ReadonlyMap<number, StoredObject>;
  readonly parts: ReadonlyMap<number, StoredObject>;
}

const VERSION = 1;

/** An index without objects. */
export const EMPTY_INDEX: CheckpointIndex = { checkpoints: new Map(), parts: new Map() };

/** The bytes of an index. */
export function indexBytes({ checkpoints, parts }: CheckpointIndex): Uint8Array {
  return Buffer.from(JSON.stringify({ version: VERSION, checkpoints: [...checkpoints], parts: [...parts] }));
}

/** Reads an index; without a record, an empty one. @throws `MR_CLUSTER_FORMAT_UNSUPPORTED`. */
export function readIndex(message: StoredMessage | undefined): CheckpointIndex {
  if (message === undefined) return EMPTY_INDEX;
  const { version, checkpoints, parts } = JSON.parse(Buffer.from(message.data).toString()) as {
    readonly version: number;
    readonly checkpoints: readonly (readonly [number, StoredObject])[];
    readonly parts: readonly (readonly [number, StoredObject])[];
  };
  if (version === VERSION) return { checkpoints: new Map(checkpoints), parts: new Map(parts) };
  const text = `the index of checkpoints in ${message.subject} is of version ${version}: run the version that wrote the index`;
  throw clusterError('MR_CLUSTER_FORMAT_UNSUPPORTED', text, { details: { subject: message.subject } });
}

/** The names of all objects of an index. */
export function objectNames({ checkpoints, parts }: CheckpointIndex): ReadonlySet<string> {
  return new Set([...checkpoints.values(), ...parts.values()].map(({ name }) => name));
}

// A message as a program describes it.

/** A message of Kafka. */
export interface KafkaSinkMessage {
  /** The value, in the form of the option `value`. `null` is a tombstone: a compacted topic forgets the key. */
  readonly value: unknown;
  /** Messages of one key go to one partition, the same as with clients in Java. Default: none. */
  readonly key?: string | Uint8Array | null | undefined;
  /** Headers in order. Default: none. */
  readonly headers?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** The partition, counted from 0. Default: by the key; without key, one for all messages of a partition of a batch. */
  readonly partition?: number | undefined;
  /** The time of the message, in milliseconds since 1970. Default: the time of sending. */
  readonly timestampMs?: number | undefined;
}

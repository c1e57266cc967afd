// The record of a message: its value, or its value with key, headers and place.
import { MalformedValue, valueDecoder } from '@millrace/core/engine';
import type { KafkaRecord } from '@platformatic/kafka';
import type { KafkaMessageOptions } from './message-options.ts';

/** A record with `record: 'full'`. */
export interface KafkaMessage<V = unknown, K = string> {
  /** Text, or bytes with `key: 'bytes'`; null for a message without a key. */
  readonly key: K | null;
  /** In the form of the option `value`; null for a message without a value, which removes its key from a compacted topic. */
  readonly value: V | null;
  /** Name and bytes, in the order of the producer; a name may repeat. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[];
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970, as set by the producer, or by the broker with `message.timestamp.type=LogAppendTime`. */
  readonly timestampMs: number;
}

/** The place of a message. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
}

/** A message to a record, or to a `MalformedValue`. `timeOf` is called with `record: 'full'` only. */
export type DecodeMessage = (
  message: KafkaRecord,
  offset: number,
  timeOf: (message: KafkaRecord) => number,
) => unknown;

const WRONG_KEY = new MalformedValue('expected a key in UTF-8');

/** Makes the decoder of the messages of one partition. */
export function messageDecoder(
  options: KafkaMessageOptions,
  { topic, partition }: MessagePlace,
): DecodeMessage {
  const decode = valueDecoder(options.value);
  const decodeKey = valueDecoder(options.key);
  if (options.record === 'value') return ({ value }) => (value === null ? null : decode(value));
  return (message, offset, timeOf) => {
    const value = message.value === null ? null : decode(message.value);
    if (value instanceof MalformedValue) return value;
    const key = message.key === null ? null : decodeKey(message.key);
    if (key instanceof MalformedValue) return WRONG_KEY;
    const headers = message.headers.map(([name, header]) => [
      name?.toString() ?? '',
      header === null ? null : new Uint8Array(header),
    ]);
    return { key, value, headers, topic, partition, offset, timestampMs: timeOf(message) };
  };
}

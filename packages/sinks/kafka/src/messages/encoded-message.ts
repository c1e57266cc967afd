// One record as a message in bytes. A record that would arrive as something else is refused.
import { exactJson, valueKind } from '@millrace/core/engine';
import type { MessageToProduce } from '@platformatic/kafka';
import type { KafkaSinkOptions } from '../kafka-sink.options.ts';
import type { KafkaSinkMessage } from './kafka-sink-message.ts';
import { partitionOfKey } from './murmur2.ts';

/** A message for the client library, with its size. */
export interface EncodedMessage {
  readonly message: MessageToProduce;
  /** About the number of bytes in a request. */
  readonly sizeBytes: number;
}

/** The destination of the messages of one partition of a batch. */
export interface MessageTarget extends Pick<KafkaSinkOptions, 'topic' | 'value'> {
  /** The number of partitions of the topic. */
  readonly partitionCount: number;
  /** The partition of messages without a key. */
  readonly keyless: number;
}

/** Lengths, times and offsets of one message, at most. */
const MESSAGE_OVERHEAD_BYTES = 40;
const HEADER_OVERHEAD_BYTES = 10;

/** Encodes a record that is the value itself. @throws TypeError with the reason for a refusal. */
export function encodeRecord(record: unknown, target: MessageTarget): EncodedMessage {
  return assembled(encodedValue(record, target), undefined, target.keyless, target.topic);
}

/** Encodes a described message. @throws TypeError with the reason for a refusal. */
export function encodeMessage(described: KafkaSinkMessage, target: MessageTarget): EncodedMessage {
  if (typeof described !== 'object' || described === null)
    throw new TypeError(`expected an object with value and key, got ${valueKind(described)}`);
  const { value, key, headers, partition, timestampMs } = described;
  const keyBytes = key === undefined || key === null ? undefined : bytesOf(key, 'key');
  const to = partitionOf(partition, keyBytes, target);
  // The declared type of the library has no tombstones.
  const encoded = assembled(value === null ? null : encodedValue(value, target), keyBytes, to, target.topic);
  const timed =
    timestampMs === undefined
      ? encoded
      : { ...encoded, message: { ...encoded.message, timestamp: timeOf(timestampMs) } };
  return headers === undefined ? timed : withHeaders(timed, headers);
}

function assembled(
  value: Buffer | null,
  key: Buffer | undefined,
  partition: number,
  topic: string,
): EncodedMessage {
  const message = { topic, partition, value: value as Buffer, ...(key === undefined ? {} : { key }) };
  return { message, sizeBytes: MESSAGE_OVERHEAD_BYTES + (value?.length ?? 0) + (key?.length ?? 0) };
}

function encodedValue(value: unknown, { value: form }: MessageTarget): Buffer {
  if (form === 'json') return Buffer.from(exactJson(value));
  if (form === 'text') {
    if (typeof value !== 'string') throw new TypeError(`expected text, got ${valueKind(value)}`);
    return bytesOf(value, 'value');
  }
  if (!(value instanceof Uint8Array)) throw new TypeError(`expected a Uint8Array, got ${valueKind(value)}`);
  return bytesOf(value, 'value');
}

/** A copy: a program may use its bytes again for the next record. */
function bytesOf(value: string | Uint8Array, what: string): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value !== 'string')
    throw new TypeError(`${what} is ${valueKind(value)}, expected text or a Uint8Array`);
  if (!value.isWellFormed()) throw new TypeError(`${what} is text with a lone surrogate`);
  return Buffer.from(value);
}

function partitionOf(
  partition: number | undefined,
  key: Buffer | undefined,
  { partitionCount, keyless }: MessageTarget,
): number {
  if (partition === undefined) return key === undefined ? keyless : partitionOfKey(key, partitionCount);
  if (Number.isInteger(partition) && partition >= 0 && partition < partitionCount) return partition;
  throw new TypeError(`expected a partition from 0 to ${partitionCount - 1}, got ${String(partition)}`);
}

function timeOf(timestampMs: number): bigint {
  if (Number.isSafeInteger(timestampMs) && timestampMs >= 0) return BigInt(timestampMs);
  throw new TypeError(`expected timestampMs as whole milliseconds since 1970, got ${String(timestampMs)}`);
}

function withHeaders(
  { message, sizeBytes }: EncodedMessage,
  headers: Readonly<Record<string, string | Uint8Array>>,
): EncodedMessage {
  const encoded = new Map<Buffer, Buffer>();
  let size = sizeBytes;
  for (const [name, value] of Object.entries(headers)) {
    const [nameBytes, valueBytes] = [bytesOf(name, 'the name of a header'), bytesOf(value, `header ${name}`)];
    encoded.set(nameBytes, valueBytes);
    size += HEADER_OVERHEAD_BYTES + nameBytes.length + valueBytes.length;
  }
  return { message: { ...message, headers: encoded }, sizeBytes: size };
}

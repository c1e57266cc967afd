// The records of a partition as messages: bytes, routing key, headers, and an id that is the same on every repetition.
import { createHash } from 'node:crypto';
import type { SinkWrite } from '@millrace/core';
import { exactJson, unsupportedRecord, type ValueForm } from '@millrace/core/engine';
import { type AmqpSinkOptions, isName } from '../amqp-sink.options.ts';

/** A message in the words of an application. */
export interface AmqpSinkMessage {
  /** In the form of the option `value`. */
  readonly value: unknown;
  /** Default: the option `routingKey`. */
  readonly routingKey?: string;
  /** Headers by name. */
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
}

/** A message to publish. */
export interface MessageBody {
  readonly content: Buffer;
  readonly messageId: string;
  readonly routingKey: string;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
}

/** The parameters of the conversion. */
export interface MessageConversion<T> {
  readonly convert: ((record: T) => AmqpSinkMessage) | undefined;
  readonly options: Pick<AmqpSinkOptions, 'value' | 'routingKey'>;
  readonly write: SinkWrite;
}

/** The type of a content in each form. */
export const CONTENT_TYPES: Readonly<Record<ValueForm, string>> = {
  json: 'application/json',
  text: 'text/plain',
  bytes: 'application/octet-stream',
};

/** An id has at most 255 bytes, with four numbers in it. */
const APPLICATION_BYTES_MAX = 160;
const HASH_CHARACTERS = 32;

/**
 * The messages of a partition, in order.
 *
 * @throws `MR_SINK_UNSUPPORTED_RECORD` with the index of the record; any error of the iteration.
 */
export function* messageBodies<T>(
  records: Iterable<T>,
  conversion: MessageConversion<T>,
): Generator<MessageBody> {
  const prefix = idPrefix(conversion.write);
  let index = 0;
  for (const record of records) {
    yield messageOfRecord(record, index, prefix, conversion);
    index += 1;
  }
}

/** The same messages, converted ahead: the first ones, up to the bound, before the first is given out. */
export function* convertedAhead(
  messages: Iterable<MessageBody>,
  bytesInMemory: number,
): Generator<MessageBody> {
  const first: MessageBody[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (bytes > bytesInMemory) {
      yield* first.splice(0);
      yield message;
      continue;
    }
    first.push(message);
    bytes += message.content.length;
  }
  yield* first;
}

function idPrefix({ application, batchTime, outputOperation, partition }: SinkWrite): string {
  const isShort = application.isWellFormed() && Buffer.byteLength(application) <= APPLICATION_BYTES_MAX;
  const hash = createHash('sha256').update(application, 'utf16le').digest('hex').slice(0, HASH_CHARACTERS);
  return `${isShort ? application : hash}/${batchTime}/${outputOperation}/${partition}`;
}

function messageOfRecord<T>(
  record: T,
  index: number,
  prefix: string,
  { convert, options, write }: MessageConversion<T>,
): MessageBody {
  try {
    const { value, routingKey = options.routingKey, headers = {} } = convert?.(record) ?? { value: record };
    if (!isName(routingKey)) throw new TypeError('expected a routing key of at most 255 bytes');
    return { content: contentOf(value, options.value), messageId: `${prefix}/${index}`, routingKey, headers };
  } catch (cause) {
    throw unsupportedRecord({
      expected: 'records that are messages',
      index,
      write,
      cause,
      hint: 'give amqpSink a function that converts records',
    });
  }
}

function contentOf(value: unknown, form: ValueForm): Buffer {
  if (form === 'json') return Buffer.from(exactJson(value));
  if (form === 'bytes') {
    if (!(value instanceof Uint8Array)) throw new TypeError('expected a Uint8Array');
    return Buffer.from(value);
  }
  if (typeof value !== 'string' || !value.isWellFormed())
    throw new TypeError('expected a well-formed string');
  return Buffer.from(value);
}

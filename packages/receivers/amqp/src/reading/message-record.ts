// The record of a message: its value, or its value with everything that the sender and the broker told.
import { type DecodingOptions, MalformedValue, valueDecoder } from '@millrace/core/engine';
import type { ConsumeMessage } from 'amqplib';

/** A record with `record: 'full'`. Texts are null when the sender told none. */
export interface AmqpMessage<V = unknown> {
  /** In the form of the option `value`. */
  readonly value: V;
  /** The exchange to which the message was sent; empty for a message that was sent to the queue. */
  readonly exchange: string;
  readonly routingKey: string;
  /** True when the message was delivered before, perhaps to another consumer. */
  readonly isRedelivered: boolean;
  readonly messageId: string | null;
  readonly correlationId: string | null;
  readonly replyTo: string | null;
  readonly type: string | null;
  readonly appId: string | null;
  readonly contentType: string | null;
  /** Seconds since 1970, as set by the sender; null without a time. */
  readonly timestampSeconds: number | null;
  /** Name and value: a text, a number, true or false, null or bytes. Values of other kinds are left out. */
  readonly headers: readonly (readonly [name: string, value: unknown])[];
}

/** A message to a record, or to a `MalformedValue`. */
export type DecodeAmqpMessage = (message: ConsumeMessage) => unknown;

/** Makes the decoder of messages. */
export function messageDecoder({ value: form, record }: DecodingOptions): DecodeAmqpMessage {
  const decode = valueDecoder(form);
  if (record === 'value') return ({ content }) => decode(content);
  return (message) => {
    const value = decode(message.content);
    return value instanceof MalformedValue ? value : fullRecord(message, value);
  };
}

function fullRecord({ fields, properties }: ConsumeMessage, value: unknown): AmqpMessage {
  const { exchange, routingKey, redelivered } = fields;
  const { timestamp, headers } = properties as { readonly timestamp: unknown; readonly headers: unknown };
  return {
    value,
    exchange,
    routingKey,
    isRedelivered: redelivered,
    messageId: textOrNull(properties.messageId),
    correlationId: textOrNull(properties.correlationId),
    replyTo: textOrNull(properties.replyTo),
    type: textOrNull(properties.type),
    appId: textOrNull(properties.appId),
    contentType: textOrNull(properties.contentType),
    timestampSeconds: typeof timestamp === 'number' ? timestamp : null,
    headers: plainHeaders(headers),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function plainHeaders(headers: unknown): AmqpMessage['headers'] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
    if (value instanceof Uint8Array) return [[name, new Uint8Array(value)] as const];
    return value === null || typeof value !== 'object' ? [[name, value] as const] : [];
  });
}

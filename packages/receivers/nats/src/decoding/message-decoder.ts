// The record of a message: its value, or its value with subject, headers and place.
import { type DecodingOptions, MalformedValue, valueDecoder } from '@millrace/core/engine';
import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { deliveryOf } from '../jetstream/delivery.ts';

/** A record of `natsSubject` with `record: 'full'`. */
export interface NatsMessage<V = unknown> {
  readonly subject: string;
  /** In the form of the option `value`. */
  readonly value: V;
  /** Names and texts; a name may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A record of `jetstreamRecords` and `jetstreamStream` with `record: 'full'`. */
export interface JetStreamMessage<V = unknown> extends NatsMessage<V> {
  readonly stream: string;
  /** The number of the message in its stream, from 1. */
  readonly sequence: number;
  /** The time at which the stream took the message, in milliseconds since 1970. */
  readonly timestampMs: number;
}

/** A message to a record, or to a `MalformedValue`. */
export type DecodeNatsMessage = (message: Msg) => unknown;

/** Makes the decoder of messages of core NATS. */
export function messageDecoder({ value: form, record }: DecodingOptions): DecodeNatsMessage {
  const decode = valueDecoder(form);
  if (record === 'value') return ({ data }) => decode(bufferOf(data));
  return ({ data, subject, headers }) => {
    const value = decode(bufferOf(data));
    return value instanceof MalformedValue ? value : { subject, value, headers: pairsOf(headers) };
  };
}

/** Makes the decoder of messages of one stream. */
export function streamMessageDecoder(options: DecodingOptions, stream: string): DecodeNatsMessage {
  const decode = messageDecoder(options);
  if (options.record === 'value') return decode;
  return (message) => {
    const record = decode(message);
    if (record instanceof MalformedValue) return record;
    const { sequence, timestampMs } = deliveryOf(message.reply ?? '');
    return { ...(record as NatsMessage), stream, sequence, timestampMs };
  };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function pairsOf(headers: MsgHdrs | undefined): readonly (readonly [string, string])[] {
  return [...(headers ?? [])].flatMap(([name, values]) => values.map((value) => [name, value] as const));
}

// One record as a message in bytes. A record that would arrive as something else is refused.
import { exactJson, valueKind } from '@millrace/core/engine';
import { headers as makeHeaders, type MsgHdrs } from '@nats-io/transport-node';
import type { NatsSinkOptions } from '../nats-sink.options.ts';
import type { NatsSinkMessage } from './nats-sink-message.ts';
import { isInside, isSubject } from '../subjects/subjects.ts';

/** A message for the client library, with its size. */
export interface EncodedNatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** The message's own headers: every message needs others for its batch, in an object of its own. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** About the number of bytes of the message. */
  readonly sizeBytes: number;
}

/** The destination of messages. */
export interface NatsMessageTarget extends Pick<NatsSinkOptions, 'subject' | 'value'> {
  /** The patterns of subjects that messages may have. */
  readonly subjects: readonly string[];
  /** The largest number of bytes of a message with its headers, as the server says. */
  readonly maxPayload: number;
}

/** Headers of a batch, or the id of a message, at most. */
const OVERHEAD_BYTES = 512;
const HEADER_NAME = /^[!-9;-~]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\u0080-\uffff]*$/;

/** Encodes a record that is the value itself. @throws TypeError with the reason for a refusal. */
export function encodeRecord(record: unknown, target: NatsMessageTarget): EncodedNatsMessage {
  return assembled(target.subject, encodedValue(record, target.value), undefined, target);
}

/** Encodes a described message. @throws TypeError with the reason for a refusal. */
export function encodeMessage(described: NatsSinkMessage, target: NatsMessageTarget): EncodedNatsMessage {
  if (typeof described !== 'object' || described === null)
    throw new TypeError(`expected an object with value and subject, got ${valueKind(described)}`);
  const { value, subject = target.subject, headers } = described;
  if (subject !== target.subject) assertSubject(subject, target);
  if (headers !== undefined) assertHeaders(headers);
  return assembled(subject, encodedValue(value, target.value), headers, target);
}

/** The headers of a message, in an object that may be changed. */
export function headersOf({ headers }: Pick<EncodedNatsMessage, 'headers'>): MsgHdrs {
  const made = makeHeaders();
  for (const [name, value] of Object.entries(headers ?? {})) made.append(name, value);
  return made;
}

function assembled(
  subject: string,
  data: Uint8Array,
  headers: Readonly<Record<string, string>> | undefined,
  { maxPayload }: NatsMessageTarget,
): EncodedNatsMessage {
  let headerBytes = 0;
  for (const [name, value] of Object.entries(headers ?? {}))
    headerBytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
  const sizeBytes = data.length + headerBytes + subject.length + OVERHEAD_BYTES;
  if (data.length + headerBytes + OVERHEAD_BYTES > maxPayload) {
    const bytes = data.length + headerBytes;
    throw new TypeError(
      `the message has ${bytes} bytes, and the server takes at most ${maxPayload - OVERHEAD_BYTES}`,
    );
  }
  return { subject, data, headers, sizeBytes };
}

function encodedValue(value: unknown, form: NatsMessageTarget['value']): Uint8Array {
  if (form === 'json') return Buffer.from(exactJson(value));
  if (form === 'text') {
    if (typeof value !== 'string') throw new TypeError(`expected text, got ${valueKind(value)}`);
    if (!value.isWellFormed()) throw new TypeError('value is text with a lone surrogate');
    return Buffer.from(value);
  }
  if (!(value instanceof Uint8Array)) throw new TypeError(`expected a Uint8Array, got ${valueKind(value)}`);
  // A copy: a program may use its bytes again for the next record.
  return new Uint8Array(value);
}

function assertSubject(subject: unknown, { subjects }: NatsMessageTarget): void {
  if (!isSubject(subject))
    throw new TypeError(`expected a subject without wildcards, got ${valueKind(subject)}`);
  if (!subjects.some((pattern) => isInside(subject as string, pattern)))
    throw new TypeError(`expected a subject of the stream (${subjects.join(', ')}), got ${String(subject)}`);
}

function assertHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name) || /^nats-/i.test(name))
      throw new TypeError(
        'the name of a header is not of printable characters without colon, or begins with Nats-',
      );
    if (typeof value !== 'string' || !value.isWellFormed() || !HEADER_VALUE.test(value))
      throw new TypeError(`header ${name} is ${valueKind(value)}, expected text without control characters`);
  }
}

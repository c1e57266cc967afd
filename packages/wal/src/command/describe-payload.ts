// What an entry holds, as far as it can be told from its bytes. Blocks say so in their envelope, and stand in sparse
// logs. The driver's decisions are lists by the default codec, whose first two bytes tell it from an envelope. Anything
// else is text when it reads as such, and bytes when not: the log takes payloads of any kind.
import { isMillraceError, MsgpackCodec } from '@millrace/core';
import { type OpenedEnvelope, openEnvelope } from '../block-envelope.ts';
import { base64, jsonValue } from './json-value.ts';

/** A payload as data for JSON. */
export type DescribedPayload =
  | {
      readonly kind: 'block';
      readonly blockId: string;
      readonly content: OpenedEnvelope['kind'];
      readonly codec: string;
      readonly recordCount: number;
      readonly sizeBytes: number;
      /** Of a block of records that the default codec made. */
      readonly records?: unknown;
      readonly text?: string;
      readonly base64?: string;
      readonly omittedBytes?: number;
    }
  | { readonly kind: 'list'; readonly values: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly base64: string }
  | { readonly kind: 'omitted'; readonly omittedBytes: number };

/** What to describe. */
export interface PayloadToDescribe {
  readonly payload: Uint8Array;
  /** Whether its log is sparse, as those of blocks are. */
  readonly isSparse: boolean;
  /** Content above this size, in bytes, is left out, and its size told. */
  readonly contentBytesMax: number;
}

const CODEC = new MsgpackCodec();
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Tells what a payload is. Never throws: what cannot be decoded is shown as bytes. */
export function describePayload({ payload, isSparse, contentBytesMax }: PayloadToDescribe): DescribedPayload {
  const envelope = isSparse ? envelopeOf(payload) : undefined;
  if (envelope !== undefined) return describeBlock(envelope, contentBytesMax);
  if (payload.byteLength > contentBytesMax) return { kind: 'omitted', omittedBytes: payload.byteLength };
  const values = listOf(payload);
  if (values !== undefined) return { kind: 'list', values };
  const text = textOf(payload);
  return text === undefined ? { kind: 'bytes', base64: base64(payload) } : { kind: 'text', text };
}

function describeBlock(envelope: OpenedEnvelope, contentBytesMax: number): DescribedPayload {
  const { kind, blockId, codecName, recordCount, sizeBytes, content } = envelope;
  const block = { kind: 'block', blockId, content: kind, codec: codecName, recordCount, sizeBytes } as const;
  if (content.byteLength > contentBytesMax) return { ...block, omittedBytes: content.byteLength };
  const records = kind === 'records' && codecName === CODEC.name ? listOf(content) : undefined;
  if (records !== undefined) return { ...block, records };
  const text = kind === 'text' ? textOf(content) : undefined;
  return text === undefined ? { ...block, base64: base64(content) } : { ...block, text };
}

function envelopeOf(payload: Uint8Array): OpenedEnvelope | undefined {
  try {
    return openEnvelope(payload);
  } catch (error) {
    if (isMillraceError(error, 'MR_WAL_UNREADABLE_BLOCK')) return undefined;
    throw error;
  }
}

function listOf(bytes: Uint8Array): unknown {
  try {
    return jsonValue(CODEC.decodeRecords(bytes));
  } catch (error) {
    if (isMillraceError(error, 'MR_CODEC_MALFORMED')) return undefined;
    throw error;
  }
}

/** The text that the bytes are; undefined when they hold what no text holds. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.some(isControl)) return undefined;
  try {
    return UTF_8.decode(bytes);
  } catch {
    // Not UTF-8: the answer is that it is no text.
    return undefined;
  }
}

function isControl(byte: number): boolean {
  return byte < SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN;
}

// The content of an entry, as far as the bytes show the content. Blocks have an envelope, and are in sparse logs. The
// driver's decisions are lists of the default codec, whose first two bytes differ from those of an envelope. Any other
// payload is shown as text when the bytes are valid text, otherwise as bytes: a log accepts payloads of any kind.
import { isMillraceError, MsgpackCodec } from '@millrace/core';
import {
  contentOfRegistration,
  type OpenedEnvelope,
  openEnvelope,
  REGISTRATION_PLACES,
} from '@millrace/core/engine';
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
      /** The records of a block that the default codec encoded. */
      readonly records?: unknown;
      readonly text?: string;
      readonly base64?: string;
      readonly omittedBytes?: number;
    }
  /** `block`: the block that a registration contains. */
  | { readonly kind: 'list'; readonly values: unknown; readonly block?: DescribedPayload }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly base64: string }
  | { readonly kind: 'omitted'; readonly omittedBytes: number };

/** A payload and the limits of its description. */
export interface PayloadToDescribe {
  readonly payload: Uint8Array;
  /** True when the log of the payload is sparse, as logs of blocks are. */
  readonly isSparse: boolean;
  /** Content above this size, in bytes, is replaced by its size. */
  readonly contentBytesMax: number;
}

const CODEC = new MsgpackCodec();
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Describes a payload. Never throws: an undecodable payload is shown as bytes. */
export function describePayload({ payload, isSparse, contentBytesMax }: PayloadToDescribe): DescribedPayload {
  const envelope = isSparse ? envelopeOf(payload) : undefined;
  if (envelope !== undefined) return describeBlock(envelope, contentBytesMax);
  if (payload.byteLength > contentBytesMax) return { kind: 'omitted', omittedBytes: payload.byteLength };
  const list = describeList(payload, contentBytesMax);
  if (list !== undefined) return list;
  const text = textOf(payload);
  return text === undefined ? { kind: 'bytes', base64: base64(payload) } : { kind: 'text', text };
}

function describeList(payload: Uint8Array, contentBytesMax: number): DescribedPayload | undefined {
  const values = listOf(payload);
  if (!Array.isArray(values)) return undefined;
  const content = contentOfRegistration(CODEC, payload)?.content;
  const envelope = content && envelopeOf(content);
  if (envelope === undefined) return { kind: 'list', values };
  const registration = values.toSpliced(REGISTRATION_PLACES.content, 1);
  return { kind: 'list', values: registration, block: describeBlock(envelope, contentBytesMax) };
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

/** The bytes as text; undefined when the bytes contain characters that no text contains. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.some(isControl)) return undefined;
  try {
    return UTF_8.decode(bytes);
  } catch {
    // Invalid UTF-8: the payload is not text.
    return undefined;
  }
}

function isControl(byte: number): boolean {
  return byte < SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN;
}

// The entry of the driver's log that registers a block, as far as a handler of blocks has to know the entry: a small block
// is written inside its registration, so that one sync serves both (ADR 0030). The tracking of the engine writes and
// replays the whole entry.
import type { BlockId } from '../contracts/identifiers.ts';
import type { Codec } from '../contracts/codec.ts';

/** The version that all entries of the driver's log begin with. */
export const REGISTRATION_VERSION = 1;

/** The letter of the kind of the entry, behind the version. */
export const REGISTRATION_KIND = 'a';

/** The places of the fields in the list of the entry: the fields of the block, and the content. */
export const REGISTRATION_PLACES = { block: 3, content: 4 } as const;

/** The place of the block's name in the fields of the block. */
const BLOCK_ID = 1;

/** The content of a block in the entry of its registration. */
export interface RegisteredContent {
  readonly blockId: BlockId;
  /** The bytes that the handler passed to `StoreBlockOptions.register`. */
  readonly content: Uint8Array;
}

/**
 * The content in an entry; undefined for an entry of another kind, and for a registration without content.
 *
 * @throws `MR_CODEC_MALFORMED` when the payload is not an output of the codec.
 */
export function contentOfRegistration(codec: Codec, payload: Uint8Array): RegisteredContent | undefined {
  const fields = codec.decodeRecords(payload);
  if (fields[0] !== REGISTRATION_VERSION || fields[1] !== REGISTRATION_KIND) return undefined;
  const block = fields[REGISTRATION_PLACES.block];
  const content = fields[REGISTRATION_PLACES.content];
  if (!Array.isArray(block) || !(content instanceof Uint8Array)) return undefined;
  const blockId: unknown = block[BLOCK_ID];
  return typeof blockId === 'string' ? { blockId, content } : undefined;
}

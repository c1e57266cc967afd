// Events of the metadata log as bytes: short lists of plain values, encoded by the engine's codec. A list begins with
// the version of this schema and the kind, so that a log outlives the release that wrote it; new fields are only added
// at the end.
import {
  type BatchTime,
  type BlockId,
  type Codec,
  type ExecutorId,
  isMillraceError,
  type LogHandle,
  type ReceivedBlockInfo,
  type SourceRange,
  type StreamId,
} from '@millrace/core';
import {
  type LogEntry,
  REGISTRATION_KIND,
  REGISTRATION_PLACES,
  REGISTRATION_VERSION,
} from '@millrace/core/engine';
import { positionIn } from '../receiving/block-position.ts';
import { isEventShape } from './metadata-event-shape.ts';
import type { MetadataEvent } from './metadata-log.ts';
import { StringInterner } from './string-interner.ts';
import { trackingError } from './tracking-errors.ts';

/** Handlers of blocks read additions too. */
const VERSION = REGISTRATION_VERSION;

/** One letter a kind, because most entries of a log are additions. */
const KINDS = {
  start: 'd',
  addition: REGISTRATION_KIND,
  allocation: 'b',
  skipped: 's',
  cleanup: 'c',
} as const;

/** The mark behind a place: the entry there is the registration of the block, with its content. */
const INLINE = 1;

/** Interned texts that the blocks of many events share, for `decodeEvent`: one instance for all events of a log. */
export class BlockTexts {
  readonly durability = new StringInterner();
  readonly executorId = new StringInterner();
  readonly segment = new StringInterner();
}

/** Encodes an event. @throws `MR_CODEC_UNSUPPORTED_VALUE` when block metadata of a receiver is not plain data. */
export function encodeEvent(codec: Codec, event: MetadataEvent): Uint8Array {
  return codec.encodeRecords([VERSION, ...fieldsOf(event)]);
}

/**
 * The counterpart of `encodeEvent`, for the entry of a log. Shared texts of blocks come from `texts`. The content of an
 * addition is not returned; the block has the handle of the entry instead.
 *
 * @throws `MR_TRACKING_LOG_UNREADABLE`.
 */
export function decodeEvent(codec: Codec, { payload, handle }: LogEntry, texts: BlockTexts): MetadataEvent {
  const fields = decode(codec, payload);
  if (fields[0] !== VERSION) throw unreadable(`an entry of version ${VERSION}, got ${String(fields[0])}`);
  if (!isEventShape(fields)) throw unreadable(`an event, got an entry of kind ${String(fields[1])}`);
  return eventOf(fields, handle, texts);
}

function fieldsOf(event: MetadataEvent): readonly unknown[] {
  const { timeMs } = event;
  switch (event.kind) {
    case 'driver-start': {
      const { epoch, application, batchIntervalMs, zeroTime } = event;
      return [KINDS.start, timeMs, epoch, application, batchIntervalMs, zeroTime];
    }
    case 'block-addition': {
      const { block, content } = event;
      const fields = [KINDS.addition, timeMs, blockFields(block)];
      return content === undefined ? fields : [...fields, content];
    }
    case 'batch-allocation': {
      const blocks = [...event.input.blocks].map(([id, infos]) => [id, infos.map(blockFields)]);
      return [KINDS.allocation, timeMs, blocks, [...event.inputs]];
    }
    case 'batches-skipped':
      return [KINDS.skipped, timeMs, event.from];
    default:
      return [KINDS.cleanup, timeMs, event.batchTimes, event.doneUpTo, [...event.positions]];
  }
}

/**
 * Makes an event from checked fields. Fields are read by index and not unpacked into lists: a recovery does this for
 * every block.
 */
function eventOf(fields: readonly unknown[], handle: LogHandle, texts: BlockTexts): MetadataEvent {
  const kind = fields[1];
  const timeMs = fields[2] as BatchTime;
  const first = fields[3];
  if (kind === KINDS.addition) {
    const block = blockOf(first as readonly unknown[], texts);
    if (fields[REGISTRATION_PLACES.content] === undefined) return { kind: 'block-addition', timeMs, block };
    return { kind: 'block-addition', timeMs, block: inlineIn(block, sharedHandle(handle, texts)) };
  }
  if (kind === KINDS.allocation) {
    const blocks = first as readonly (readonly [StreamId, readonly (readonly unknown[])[]])[];
    const input = {
      batchTime: timeMs,
      blocks: new Map(blocks.map(([id, infos]) => [id, infos.map((info) => blockOf(info, texts))])),
    };
    return { kind: 'batch-allocation', timeMs, input, inputs: new Map(fields[4] as readonly Entry[]) };
  }
  if (kind === KINDS.cleanup) {
    const positions = new Map(fields[5] as readonly Entry[]);
    const batchTimes = first as readonly BatchTime[];
    return { kind: 'batch-cleanup', timeMs, batchTimes, doneUpTo: fields[4] as BatchTime, positions };
  }
  if (kind === KINDS.skipped) return { kind: 'batches-skipped', timeMs, from: first as BatchTime };
  const [epoch, application, batchIntervalMs, zeroTime] = fields.slice(3) as StartFields;
  return { kind: 'driver-start', timeMs, epoch, application, batchIntervalMs, zeroTime };
}

type StartFields = [number, string, number, BatchTime];
type Entry = readonly [StreamId, unknown];

/** The block of an addition with content: tasks find the block at the entry. */
export function inlineIn(block: ReceivedBlockInfo, handle: LogHandle): ReceivedBlockInfo {
  return { ...block, handle, isInline: true };
}

/** The end of a range is the position in the metadata, which is written once. */
function blockFields(block: ReceivedBlockInfo): readonly unknown[] {
  const { streamId, blockId, recordCount, sizeBytes, durability, executorId } = block;
  const { metadata, range, continues, leftOut } = block;
  const place = placeOf(block);
  const fields = [streamId, blockId, recordCount, sizeBytes, durability, executorId, place];
  const begin = range === undefined ? undefined : range.from === undefined ? [] : [range.from];
  if (leftOut !== undefined) return [...fields, metadata, begin, continues, leftOut];
  if (continues === true) return [...fields, metadata, begin, continues];
  if (begin !== undefined) return [...fields, metadata, begin];
  return metadata === undefined ? fields : [...fields, metadata];
}

function placeOf({ handle, isInline }: ReceivedBlockInfo): readonly unknown[] | null {
  if (handle === undefined) return null;
  const { segment, offset, length } = handle;
  return isInline === true ? [segment, offset, length, INLINE] : [segment, offset, length];
}

function blockOf(fields: readonly unknown[], texts: BlockTexts): ReceivedBlockInfo {
  const leftOut = fields[10] as readonly unknown[] | undefined;
  const place = fields[6] as readonly unknown[] | null;
  const block = plainBlockOf(fields, texts);
  if (place?.[3] === INLINE) {
    const registered = { ...block, isInline: true };
    return leftOut === undefined ? registered : { ...registered, leftOut };
  }
  return leftOut === undefined ? block : { ...block, leftOut };
}

function sharedHandle({ segment, offset, length }: LogHandle, texts: BlockTexts): LogHandle {
  return { segment: texts.segment.share(segment), offset, length };
}

function plainBlockOf(fields: readonly unknown[], texts: BlockTexts): ReceivedBlockInfo {
  const place = fields[6] as readonly [string, number, number] | null;
  const metadata = fields[7];
  const begin = fields[8] as readonly unknown[] | undefined;
  const continues = fields[9] === true;
  const streamId = fields[0] as StreamId;
  const blockId = fields[1] as BlockId;
  const recordCount = fields[2] as number;
  const sizeBytes = fields[3] as number;
  const durability = texts.durability.share(fields[4] as ReceivedBlockInfo['durability']);
  const executorId = texts.executorId.share(fields[5] as ExecutorId);
  const handle =
    place === null
      ? undefined
      : { segment: texts.segment.share(place[0]), offset: place[1], length: place[2] };
  // Most blocks of a log are in a log themselves, and need no copy to add the handle.
  if (handle !== undefined && metadata === undefined && begin === undefined) {
    return continues
      ? { streamId, blockId, recordCount, sizeBytes, durability, executorId, handle, continues }
      : { streamId, blockId, recordCount, sizeBytes, durability, executorId, handle };
  }
  const plain = { streamId, blockId, recordCount, sizeBytes, durability, executorId };
  const block = continues ? { ...plain, continues } : plain;
  if (begin !== undefined) return withRange(block, { handle, metadata, begin });
  const kept = handle === undefined ? block : { ...block, handle };
  return metadata === undefined ? kept : { ...kept, metadata };
}

/** A block whose records can also be read from its source. */
function withRange(
  block: ReceivedBlockInfo,
  more: {
    readonly handle: LogHandle | undefined;
    readonly metadata: unknown;
    readonly begin: readonly unknown[];
  },
): ReceivedBlockInfo {
  const { handle, metadata, begin } = more;
  return {
    ...block,
    ...(handle === undefined ? {} : { handle }),
    ...(metadata === undefined ? {} : { metadata }),
    range: rangeOf(begin, metadata),
  };
}

function rangeOf([from]: readonly unknown[], metadata: unknown): SourceRange {
  const to = positionIn(metadata);
  return from === undefined ? { to } : { from, to };
}

function decode(codec: Codec, bytes: Uint8Array): unknown[] {
  try {
    return codec.decodeRecords(bytes);
  } catch (cause) {
    if (isMillraceError(cause, 'MR_CODEC_MALFORMED'))
      throw unreadable(`an entry of codec ${codec.name}`, cause);
    throw cause;
  }
}

function unreadable(expected: string, cause?: unknown): Error {
  return trackingError(
    'MR_TRACKING_LOG_UNREADABLE',
    `the driver's log cannot be read: expected ${expected}; run the version that wrote the log, or restore the log`,
    cause === undefined ? {} : { cause },
  );
}

// Events of the metadata log as bytes: short lists of plain values, encoded by the engine's codec. A list begins with
// the version of this schema and the kind, so that a log outlives the release that wrote it; fields are only ever
// added at the end.
import {
  type BatchTime,
  type Codec,
  isMillraceError,
  type LogHandle,
  type ReceivedBlockInfo,
  type SourceRange,
  type StreamId,
} from '@millrace/core';
import { positionIn } from '../receiving/index.ts';
import type { MetadataEvent } from './metadata-log.ts';
import { trackingError } from './tracking-errors.ts';

const VERSION = 1;

/** One letter a kind: a log of additions is mostly this. */
const KINDS = { start: 'd', addition: 'a', allocation: 'b', cleanup: 'c' } as const;

/** Encodes an event. @throws `MR_CODEC_UNSUPPORTED_VALUE` when what a receiver says about a block is not plain data. */
export function encodeEvent(codec: Codec, event: MetadataEvent): Uint8Array {
  return codec.encodeRecords([VERSION, ...fieldsOf(event)]);
}

/** The counterpart of `encodeEvent`. @throws `MR_TRACKING_LOG_UNREADABLE`. */
export function decodeEvent(codec: Codec, bytes: Uint8Array): MetadataEvent {
  const [version, ...fields] = decode(codec, bytes);
  if (version !== VERSION) throw unreadable(`an entry of version ${VERSION}, got ${String(version)}`);
  const event = eventOf(fields);
  if (event === undefined) throw unreadable(`an event, got one of kind ${String(fields[0])}`);
  return event;
}

function fieldsOf(event: MetadataEvent): readonly unknown[] {
  const { timeMs } = event;
  switch (event.kind) {
    case 'driver-start': {
      const { epoch, application, batchIntervalMs, zeroTime } = event;
      return [KINDS.start, timeMs, epoch, application, batchIntervalMs, zeroTime];
    }
    case 'block-addition':
      return [KINDS.addition, timeMs, blockFields(event.block)];
    case 'batch-allocation': {
      const blocks = [...event.input.blocks].map(([id, infos]) => [id, infos.map(blockFields)]);
      return [KINDS.allocation, timeMs, blocks, [...event.inputs]];
    }
    default:
      return [KINDS.cleanup, timeMs, event.batchTimes, event.doneUpTo, [...event.positions]];
  }
}

/** What the fields say is trusted as far as a checksum and the kind vouch for it: nobody else writes here. */
function eventOf(fields: readonly unknown[]): MetadataEvent | undefined {
  const [kind, timeMs, ...rest] = fields as [string, BatchTime, ...unknown[]];
  if (kind === KINDS.addition && isList(rest[0])) {
    return { kind: 'block-addition', timeMs, block: blockOf(rest[0]) };
  }
  if (kind === KINDS.allocation && isList(rest[0]) && isList(rest[1])) {
    const blocks = rest[0] as readonly (readonly [StreamId, readonly (readonly unknown[])[]])[];
    const input = {
      batchTime: timeMs,
      blocks: new Map(blocks.map(([id, infos]) => [id, infos.map(blockOf)])),
    };
    return { kind: 'batch-allocation', timeMs, input, inputs: new Map(rest[1] as readonly Entry[]) };
  }
  if (kind === KINDS.cleanup && isList(rest[0]) && isList(rest[2])) {
    const [batchTimes, doneUpTo, positions] = rest as [BatchTime[], BatchTime, Entry[]];
    return { kind: 'batch-cleanup', timeMs, batchTimes, doneUpTo, positions: new Map(positions) };
  }
  if (kind === KINDS.start) {
    const [epoch, application, batchIntervalMs, zeroTime] = rest as [number, string, number, BatchTime];
    return { kind: 'driver-start', timeMs, epoch, application, batchIntervalMs, zeroTime };
  }
  return undefined;
}

type Entry = readonly [StreamId, unknown];

/** The end of a range is the position in the metadata: it is written once. */
function blockFields(block: ReceivedBlockInfo): readonly unknown[] {
  const { streamId, blockId, recordCount, sizeBytes, durability, executorId, handle, metadata, range } =
    block;
  const place = handle === undefined ? null : [handle.segment, handle.offset, handle.length];
  const fields = [streamId, blockId, recordCount, sizeBytes, durability, executorId, place];
  if (range !== undefined) return [...fields, metadata, range.from === undefined ? [] : [range.from]];
  return metadata === undefined ? fields : [...fields, metadata];
}

function blockOf(fields: readonly unknown[]): ReceivedBlockInfo {
  const [streamId, blockId, recordCount, sizeBytes, durability, executorId, place, metadata, begin] =
    fields as [
      StreamId,
      string,
      number,
      number,
      ReceivedBlockInfo['durability'],
      string,
      readonly [string, number, number] | null,
      unknown,
      readonly unknown[] | undefined,
    ];
  const block = { streamId, blockId, recordCount, sizeBytes, durability, executorId };
  const handle = place === null ? undefined : handleOf(place);
  return {
    ...block,
    ...(handle === undefined ? {} : { handle }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(begin === undefined ? {} : { range: rangeOf(begin, metadata) }),
  };
}

function rangeOf([from]: readonly unknown[], metadata: unknown): SourceRange {
  const to = positionIn(metadata);
  return from === undefined ? { to } : { from, to };
}

function handleOf([segment, offset, length]: readonly [string, number, number]): LogHandle {
  return { segment, offset, length };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
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
    `the driver's log cannot be read: expected ${expected}; run the version that wrote it, or restore the log`,
    cause === undefined ? {} : { cause },
  );
}

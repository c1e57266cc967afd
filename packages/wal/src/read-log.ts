// All entries of a log, from the oldest to the newest: the input of recovery and of the command. The headers define the
// expected content; any deviation is damage, reported with its place.
import { isMillraceError, type LogRecord, type Storage, type StorageFile } from '@millrace/core';
import { findTail } from './find-tail.ts';
import { segmentPath } from './log-directory.ts';
import { HEADER_BYTES } from './log-format.ts';
import type { LogSegment } from './segment-chain.ts';
import { scanSegment } from './segment-scanner.ts';
import { segmentReference } from './segment-name.ts';

/** Acknowledged entries that are no longer readable. */
export interface LogDamage {
  /** As in handles: `<log>/<file>`. */
  readonly segment: string;
  readonly offset: number;
  readonly endOffset: number;
  readonly what: 'entries' | 'header' | 'missing segment' | 'foreign segment' | 'no file';
}

/** A log for reading, by its segments. */
export interface LogToRead {
  readonly storage: Storage;
  readonly directory: string;
  readonly logName: string;
  /** In order. */
  readonly segments: readonly LogSegment[];
  /** Numbers of expected but missing segments. */
  readonly missing: readonly number[];
  /** True when a missing segment was cleaned up meanwhile: its unreadable entries are then left out. */
  readonly isRemoved?: (number: number) => boolean;
}

/** Entries and damage, in the order of their places. */
export type LogItem =
  | { readonly kind: 'records'; readonly segment: LogSegment; readonly records: readonly LogRecord[] }
  | { readonly kind: 'damage'; readonly damage: LogDamage };

/**
 * Streams a log in bounded memory: the records of one read at a time. Payloads share the memory of their read, which is
 * not used again.
 */
export async function* readLog(log: LogToRead): AsyncGenerator<LogItem, void, void> {
  let missing = log.missing;
  for (const segment of log.segments) {
    const before = missing.filter((number) => number < segment.number);
    missing = missing.slice(before.length);
    for (const number of before)
      yield damaged(log, number, { what: 'missing segment', offset: 0, endOffset: 0 });
    if (!segment.isVoid) yield* readSegment(log, segment);
  }
}

async function* readSegment(log: LogToRead, segment: LogSegment): AsyncGenerator<LogItem, void, void> {
  const { number, header, sizeBytes } = segment;
  if (header === undefined) {
    const what =
      segment.isNoFile === true ? 'no file' : segment.isForeign === true ? 'foreign segment' : 'header';
    yield damaged(log, number, { what, offset: 0, endOffset: segment.endBytes ?? sizeBytes });
    return;
  }
  if (segment.endBytes === HEADER_BYTES) return;
  const file = await openSegment(log, number);
  if (file === undefined) {
    if (log.isRemoved?.(number) === true) return;
    yield damaged(log, number, { what: 'missing segment', offset: 0, endOffset: 0 });
    return;
  }
  try {
    const limit = segment.endBytes ?? (await findTail(file, header)).endBytes;
    const name = segmentReference(log.logName, number);
    for await (const step of scanSegment({ file, salt: header.salt, limit })) {
      if (step.kind === 'gap') {
        if (await isGone(log, number)) return;
        yield damaged(log, number, { what: 'entries', ...step });
        continue;
      }
      const records: LogRecord[] = [];
      for (const { isSeal, offset, timeMs, payload } of step.frames) {
        if (isSeal) continue;
        records.push({ payload, timeMs, handle: { segment: name, offset, length: payload.byteLength } });
      }
      yield { kind: 'records', segment, records };
    }
  } finally {
    await file.close();
  }
}

/** The file of a segment that is removed during reading may already contain another segment. */
async function isGone({ storage, directory, isRemoved }: LogToRead, number: number): Promise<boolean> {
  if (isRemoved === undefined) return false;
  const entry = await storage.stat(segmentPath(directory, number));
  return entry === undefined && isRemoved(number);
}

async function openSegment(
  { storage, directory }: LogToRead,
  number: number,
): Promise<StorageFile | undefined> {
  try {
    return await storage.open(segmentPath(directory, number), 'read');
  } catch (error) {
    if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return undefined;
    throw error;
  }
}

function damaged(
  { logName }: LogToRead,
  number: number,
  place: Pick<LogDamage, 'what' | 'offset' | 'endOffset'>,
): LogItem {
  const { what, offset, endOffset } = place;
  return { kind: 'damage', damage: { segment: segmentReference(logName, number), what, offset, endOffset } };
}

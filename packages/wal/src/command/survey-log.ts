// The content of a log's headers and seals, read without the lock: another process may write and clean the log
// meanwhile. Segments that vanish between two readings are not damage, so an apparently missing segment is checked in a
// second reading.
import { isMillraceError, type Storage } from '@millrace/core';
import { headerOf, segmentPath, segmentsAmong } from '../log-directory.ts';
import type { DecodedHeader } from '../log-format.ts';
import { readSeal } from '../recover-log.ts';
import { linkSegments, type LogSegment, type SegmentChain } from '../segment-chain.ts';
import type { FoundLog } from './find-logs.ts';

/** The number of readings of a changing log; a segment still missing in the last reading is missing. */
const LOOKS_MAX = 3;

/** A segment with the header found in its file. */
export interface SeenSegment {
  readonly number: number;
  readonly sizeBytes: number;
  readonly decoded: DecodedHeader;
  /** True when the entry of this name is not a file. */
  readonly isNoFile?: boolean;
}

/** A log as its headers and seals describe it. */
export interface LogSurvey {
  readonly log: FoundLog;
  /** Sorted by number, rising. */
  readonly seen: readonly SeenSegment[];
  /** Undefined: a segment has an unknown format version, so the meaning of its header is unknown. */
  readonly chain: SegmentChain | undefined;
  /** Numbers of segments whose end is recorded by a seal. */
  readonly sealed: ReadonlySet<number>;
}

/** Reads every header of a log. @throws any error of the storage. */
export async function surveyLog(storage: Storage, log: FoundLog): Promise<LogSurvey> {
  let look = await lookAt(storage, log.directory);
  for (let looks = 1; looks < LOOKS_MAX && look.isDoubtful; looks += 1)
    look = await lookAt(storage, log.directory);
  const { seen, chain } = look;
  if (chain === undefined) return { log, seen, chain, sealed: new Set() };
  const sealed = new Set<number>();
  const segments: LogSegment[] = [];
  for (const segment of chain.segments) {
    const seal = await sealOf(storage, log.directory, segment);
    if (seal !== undefined) sealed.add(segment.number);
    segments.push({ ...segment, ...seal });
  }
  return { log, seen, chain: { ...chain, segments }, sealed };
}

async function lookAt(storage: Storage, directory: string) {
  const seen: SeenSegment[] = [];
  let isDoubtful = false;
  for (const listed of segmentsAmong(await storage.list(directory))) {
    const path = segmentPath(directory, listed.number);
    const decoded = await unlessGone(headerOf(storage, path, listed));
    // The file of a segment that was removed just now may have the header of another segment.
    const isGone =
      decoded?.kind === 'damaged' && listed.isNoFile !== true && (await storage.stat(path)) === undefined;
    if (decoded === undefined || isGone) isDoubtful = true;
    else seen.push({ ...listed, decoded });
  }
  if (seen.some(({ decoded }) => decoded.kind === 'unsupported'))
    return { seen, chain: undefined, isDoubtful };
  const found = seen.map(({ decoded, ...segment }) => ({
    ...segment,
    header: decoded.kind === 'valid' ? decoded.header : undefined,
  }));
  const chain = linkSegments(found);
  return { seen, chain, isDoubtful: isDoubtful || chain.missing.length > 0 };
}

/** Only a segment without an end recorded elsewhere is searched for a seal. */
async function sealOf(storage: Storage, directory: string, segment: LogSegment) {
  const { header, isVoid, endBytes } = segment;
  if (header === undefined || isVoid || endBytes !== undefined) return undefined;
  return unlessGone(readSeal(storage, directory, segment, header));
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return undefined;
    throw error;
  }
}

// Reads a log from the first to the last byte and reports the content. The same parts serve recovery, so damage
// reported here is damage on which a start would fail. Nothing is changed, and no lock is taken. The last segment may
// grow meanwhile; growth is reported and is not damage.
import { isMillraceError, type Storage, type StorageFile } from '@millrace/core';
import { findTail, type SegmentTail } from '../find-tail.ts';
import { segmentPath, segmentsAmong, unsupportedFormat } from '../log-directory.ts';
import { FORMAT_VERSION, type SegmentHeader } from '../log-format.ts';
import { type LogDamage, readLog } from '../read-log.ts';
import type { LogSegment } from '../segment-chain.ts';
import { segmentFileName, segmentReference } from '../segment-name.ts';
import { type LogProblem, problemOf } from './command-context.ts';
import type { FoundLog } from './find-logs.ts';
import type { LogReport, SegmentReport, SegmentState } from './log-report.ts';
import { type LogSurvey, type SeenSegment, surveyLog } from './survey-log.ts';

/** The collaborators of an examination. */
export interface Examination {
  readonly storage: Storage;
  /** Ends the reading with the signal's reason. */
  readonly signal: AbortSignal;
  /** Receives the number of bytes of this log read so far. */
  readonly onRead?: (bytes: number) => void;
}

/** Reads a whole log. Failures of the storage are part of the report. @throws the signal's reason. */
export async function examineLog(log: FoundLog, examination: Examination): Promise<LogReport> {
  const { name } = log;
  let survey: LogSurvey;
  try {
    survey = await surveyLog(examination.storage, log);
  } catch (error) {
    const problem = problemOf(error);
    return { name, layout: undefined, isSynced: undefined, segments: [], damage: [], problem };
  }
  const header = survey.seen.map(({ decoded }) => decoded).findLast(({ kind }) => kind === 'valid');
  const { isSparse, isSynced } = header?.kind === 'valid' ? header.header : {};
  const layout = isSparse === undefined ? undefined : isSparse ? 'sparse' : 'sequence';
  return { name, layout, isSynced, ...(await new LogExamination(survey, examination).run()) };
}

/** The findings of one segment. */
interface Finding {
  /** The size at reading, when it may differ from the size at listing. */
  readonly sizeBytes?: number;
  readonly state: SegmentState;
  readonly records: number;
  readonly oldestMs: number;
  readonly newestMs: number;
  readonly tornBytes: number;
  readonly damage: readonly LogDamage[];
}

const NOTHING: Omit<Finding, 'state'> = {
  records: 0,
  oldestMs: Number.POSITIVE_INFINITY,
  newestMs: Number.NEGATIVE_INFINITY,
  tornBytes: 0,
  damage: [],
};

/** One reading of one log. */
class LogExamination {
  readonly #survey: LogSurvey;
  readonly #storage: Storage;
  readonly #signal: AbortSignal;
  readonly #onRead: (bytes: number) => void;
  #problem: LogProblem | undefined;
  #readBytes = 0;

  constructor(survey: LogSurvey, { storage, signal, onRead = () => {} }: Examination) {
    this.#survey = survey;
    this.#storage = storage;
    this.#signal = signal;
    this.#onRead = onRead;
  }

  async run(): Promise<Pick<LogReport, 'segments' | 'damage' | 'problem'>> {
    const { chain, seen, log } = this.#survey;
    if (chain === undefined) return unknownFormat(log, seen);
    const damage: LogDamage[] = chain.missing.map((number) => ({
      segment: segmentReference(log.name, number),
      offset: 0,
      endOffset: 0,
      what: 'missing segment',
    }));
    const segments: SegmentReport[] = [];
    for (const segment of chain.segments) {
      const finding = await this.#examine(segment);
      for (const found of finding.damage) damage.push(found);
      segments.push(reportOf(segment, finding));
      this.#readBytes += segment.sizeBytes;
      this.#progress(0);
    }
    const byPlace = damage.toSorted((a, b) => (a.segment < b.segment ? -1 : a.segment > b.segment ? 1 : 0));
    return { segments, damage: byPlace, problem: this.#problem };
  }

  async #examine(segment: LogSegment): Promise<Finding> {
    try {
      if (segment.isVoid) return { ...NOTHING, state: 'void' };
      const { header, endBytes } = segment;
      return header !== undefined && endBytes === undefined
        ? await this.#findEnd(segment, header)
        : await this.#readToEnd(segment);
    } catch (error) {
      if (this.#signal.aborted) throw error;
      if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return { ...NOTHING, state: 'removed' };
      this.#problem ??= problemOf(error);
      return { ...NOTHING, state: 'unreadable' };
    }
  }

  /** Reads a segment with a recorded end. */
  async #readToEnd(segment: LogSegment): Promise<Finding> {
    const { log, sealed } = this.#survey;
    let { records, oldestMs, newestMs } = NOTHING;
    const damage: LogDamage[] = [];
    let isGone = false;
    const isRemoved = () => (isGone = true);
    const source = { storage: this.#storage, directory: log.directory, logName: log.name, isRemoved };
    for await (const item of readLog({ ...source, segments: [segment], missing: [] })) {
      if (item.kind === 'damage') {
        damage.push(item.damage);
        continue;
      }
      records += item.records.length;
      for (const { timeMs } of item.records) {
        oldestMs = Math.min(oldestMs, timeMs);
        newestMs = Math.max(newestMs, timeMs);
      }
      this.#progress(item.records.at(-1)?.handle.offset ?? 0);
    }
    if (isGone) return { ...NOTHING, state: 'removed' };
    const state = damage.length > 0 ? 'damaged' : sealed.has(segment.number) ? 'sealed' : 'continued';
    return { state, records, oldestMs, newestMs, tornBytes: 0, damage };
  }

  /** Reads a segment to find its end: usually the segment being written, or the segment whose process died. */
  async #findEnd(segment: LogSegment, header: SegmentHeader): Promise<Finding> {
    const { log } = this.#survey;
    const file = await this.#storage.open(segmentPath(log.directory, segment.number), 'read');
    try {
      const tail = await this.#settledTail(file, header);
      const { damage: places, tornBytes } = tail;
      const isSuspect = places.length > 0 || tornBytes > 0;
      if (isSuspect && (await this.#isGone(segment))) return { ...NOTHING, state: 'removed' };
      const segmentName = segmentReference(log.name, segment.number);
      const damage = places.map(({ offset, endOffset }) => ({
        segment: segmentName,
        offset,
        endOffset,
        what: 'entries' as const,
      }));
      const state = damage.length > 0 ? 'damaged' : await this.#stateOfOpen(segment, tornBytes);
      return { ...tail, damage, sizeBytes: tail.endBytes + tornBytes, state };
    } finally {
      await file.close();
    }
  }

  /**
   * In a file that is being overwritten, the writer may pass the reader: bytes that were old at the first reading then
   * look like damage before newer groups. Damage that stays at the same place in a second reading is real damage.
   */
  async #settledTail(file: StorageFile, header: SegmentHeader): Promise<SegmentTail> {
    const tail = await findTail(file, header, (offset) => this.#progress(offset));
    if (tail.damage.length === 0) return tail;
    const again = await findTail(file, header, (offset) => this.#progress(offset));
    const before = new Set(tail.damage.map(({ offset }) => offset));
    return { ...again, damage: again.damage.filter(({ offset }) => before.has(offset)) };
  }

  async #isGone({ number }: LogSegment): Promise<boolean> {
    const path = segmentPath(this.#survey.log.directory, number);
    return (await this.#storage.stat(path)) === undefined;
  }

  async #stateOfOpen({ number, sizeBytes }: LogSegment, tornBytes: number): Promise<SegmentState> {
    const now = segmentsAmong(await this.#storage.list(this.#survey.log.directory));
    const known = this.#survey.seen.at(-1)?.number ?? number;
    const isGrowing = now.some(
      (other) => other.number > known || (other.number === number && other.sizeBytes > sizeBytes),
    );
    if (isGrowing) return 'in progress';
    if (tornBytes > 0) return 'torn';
    return number === known ? 'open' : 'continued';
  }

  #progress(offset: number): void {
    this.#signal.throwIfAborted();
    this.#onRead(this.#readBytes + offset);
  }
}

function reportOf(segment: LogSegment, finding: Finding): SegmentReport {
  const { number, header } = segment;
  const { sizeBytes = segment.sizeBytes, state, records, oldestMs, newestMs, tornBytes } = finding;
  return {
    number,
    file: segmentFileName(number),
    sizeBytes,
    createdMs: header?.createdMs,
    formatVersion: header === undefined ? undefined : FORMAT_VERSION,
    state,
    records,
    oldestMs: finite(oldestMs),
    newestMs: finite(newestMs),
    tornBytes,
  };
}

/** A log of another version: only the names of its segments are known. */
function unknownFormat({ directory }: FoundLog, seen: readonly SeenSegment[]) {
  let problem: LogProblem | undefined;
  const segments = seen.map(({ number, sizeBytes, decoded }) => {
    const version = decoded.kind === 'unsupported' ? decoded.version : undefined;
    if (version !== undefined)
      problem ??= problemOf(unsupportedFormat(segmentPath(directory, number), version));
    const header = decoded.kind === 'valid' ? decoded.header : undefined;
    const report = reportOf(
      { number, sizeBytes, header, isVoid: false, endBytes: undefined, newestMs: undefined },
      { ...NOTHING, state: version === undefined ? 'not read' : 'unknown format' },
    );
    return version === undefined ? report : { ...report, formatVersion: version };
  });
  return { segments, damage: [], problem };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

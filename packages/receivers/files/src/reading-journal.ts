// Records the progress of readings, and makes positions from the records. Readings report their begin and their
// progress; the journal knows the earlier segments. A segment is dropped when the engine has registered a position
// behind the segment: no range begins there.
import type {
  DueFile,
  FilePosition,
  FileProgress,
  FileSegment,
  ReadAs,
  WatchState,
} from './file-position.ts';

/** The number of segments in one shared list: adding a segment copies at most this number. */
const LEAF_SEGMENTS = 64;

/** The journal of one run of a receiver. */
export class ReadingJournal {
  #watch: WatchState = { sinceMs: 0, nextPollMs: 0, seen: [] };
  #due: readonly DueFile[] = [];
  #at = 0;
  #later: readonly DueFile[] = [];
  #segment: FileSegment | undefined;
  /** True when a part of the segment was stored: otherwise nothing has to be remembered. */
  #hasStored = false;
  #nextNumber: number;
  /** Full lists of segments, and the last list, which is replaced until full. No list is ever changed. */
  #before: readonly (readonly FileSegment[])[] = [];

  /** `resumeFrom`: the place behind which the run continues. */
  constructor(resumeFrom: FilePosition | undefined) {
    this.#nextNumber = (resumeFrom?.segment.number ?? -1) + 1;
  }

  /** These files are read from now on, in this order. */
  beginFiles(watch: WatchState, due: readonly DueFile[]): void {
    this.#watch = watch;
    this.#due = due;
    this.#later = [];
  }

  /** The n-th file is next. */
  beginFile(at: number): void {
    this.#at = at;
  }

  /** The file could not be read completely and returns later. */
  putOff(file: DueFile): void {
    this.#later = [...this.#later, file];
  }

  /** A part of the file begins at the current progress. */
  beginSegment(progress: FileProgress & { readonly readAs: ReadAs; readonly isUnpacked?: boolean }): void {
    this.#endSegment();
    const { byte, crc, readAs, isUnpacked = false } = progress;
    const name = this.#due[this.#at]?.name ?? '';
    this.#segment = {
      number: this.#nextNumber,
      name,
      readAs,
      fromByte: byte,
      fromCrc: crc,
      toByte: byte,
      toCrc: crc,
      ...(isUnpacked ? { isUnpacked } : {}),
    };
    this.#nextNumber += 1;
    this.#hasStored = false;
  }

  /** The place behind the bytes just read from the file. */
  readUpTo(byte: number, crc: number): FilePosition {
    if (this.#segment === undefined) throw new TypeError('nothing is read before a segment has begun');
    this.#segment = { ...this.#segment, toByte: byte, toCrc: crc };
    this.#hasStored = true;
    return {
      watch: this.#watch,
      due: this.#due,
      at: this.#at,
      later: this.#later,
      segment: this.#segment,
      before: this.#before,
    };
  }

  /** All positions up to this place are registered. */
  registered({ segment }: FilePosition): void {
    const isNeeded = (leaf: readonly FileSegment[]) => (leaf.at(-1)?.number ?? -1) >= segment.number;
    if (this.#before.length > 0 && !isNeeded(this.#before[0] ?? [])) {
      this.#before = this.#before.filter(isNeeded);
    }
  }

  #endSegment(): void {
    const segment = this.#segment;
    if (segment === undefined || !this.#hasStored) return;
    const last = this.#before.at(-1);
    this.#before =
      last === undefined || last.length >= LEAF_SEGMENTS
        ? [...this.#before, [segment]]
        : [...this.#before.slice(0, -1), [...last, segment]];
    this.#segment = undefined;
  }
}

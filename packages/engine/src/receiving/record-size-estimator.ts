// How many bytes a run of records holds, without looking at each object. The generator asks every so many records
// (a look). What one look costs is little beside the records it stands for, and what it may miss is bounded:
//
//   strings      are not measured here: the generator adds up their lengths as they come, exactly
//   bytes        each one of the run is counted, exactly
//   objects      one of them, at a place that changes from look to look, stands for the others
//   given bytes  the receiver knows in how many bytes the objects came: the run counts for no less
//   a surprise   the object is large, and several times the last ones: then each record of this run and of the next 64
//                is counted, and the next looks come after 1, 2, 4, … records again
//
// So a change of size goes unseen for one look at most, and the records that came meanwhile are then counted in full. A
// single huge object among small ones is unseen if no look hits the object; the places of the looks begin by chance, so
// no sender can avoid them. Receivers that give bytes are exact in this, too.
import { bytesBesideText, recordBytes } from './record-size.ts';

/** Records between two looks while sizes stay alike: what an unseen change of size is bounded by. */
const LOOK_EVERY_MAX = 128;
/** How many times larger than the last ones a record has to be to be a surprise. */
const SURPRISE_FACTOR = 4;
/** At most this share of a block is expected to come between two looks. */
const BLOCK_SHARE = 1 / 16;
/** Runs that are counted record by record after a surprise: sizes that vary are counted, not sampled. */
const COUNTED_AFTER_SURPRISE = 64;
/** 2^32 over the golden ratio: multiples of it keep step with no period that records may have. */
const GOLDEN = 0x9e3779b9;

/** Records from `counted` up to `length`, at least one. */
export interface RecordRun {
  readonly records: readonly unknown[];
  readonly counted: number;
  readonly length: number;
  /** The lengths of those among them that are strings, added up. */
  readonly textBytes: number;
  /** Bytes that the receiver gave for the others, added up; 0 when it gave none. */
  readonly givenBytes: number;
}

/** Measures the records of one stream, run by run. */
export class RecordSizeEstimator {
  readonly #bytesPerLook: number;
  /** Bytes of a record, by the last looks; whole, as whole numbers are what computes fastest. */
  #mean = 0;
  #lookEvery = 1;
  #countedRuns = 0;
  #turn: number;

  /**
   * @param maxBytesPerBlock The bound in bytes that the looks must not miss.
   * @param firstTurn Where the looks begin: a 32-bit number by chance.
   */
  constructor(maxBytesPerBlock: number, firstTurn: number) {
    this.#bytesPerLook = Math.floor(maxBytesPerBlock * BLOCK_SHARE);
    this.#turn = firstTurn | 0;
  }

  /**
   * After how many records the next look is due: 1 to 128, fewer the larger they are, and no more than are expected
   * to make `bytesLeft`.
   */
  lookAfter(bytesLeft: number): number {
    const bytes = Math.min(bytesLeft, this.#bytesPerLook);
    if (this.#mean * this.#lookEvery <= bytes) return this.#lookEvery;
    return Math.max(1, Math.ceil(bytes / this.#mean));
  }

  /** Bytes of a run of records, whole. */
  measure(run: RecordRun): number {
    const count = run.length - run.counted;
    const bytes = run.textBytes + Math.max(run.givenBytes, this.#bytesBesideText(run, count));
    this.#remember(Math.ceil(bytes / count));
    return bytes;
  }

  #bytesBesideText(run: RecordRun, count: number): number {
    this.#turn = (this.#turn + GOLDEN) | 0;
    if (this.#countedRuns > 0) return this.#countEach(run);
    const sample = run.records[run.counted + ((this.#turn >>> 8) % count)];
    if (typeof sample === 'string') return 0;
    const bytes = recordBytes(sample, this.#turn);
    const isSurprise = this.#isSurprise(bytes);
    // Sizes that vary go on to vary. The first large record of all says nothing about the others.
    if (isSurprise && this.#mean > 0) this.#countedRuns = COUNTED_AFTER_SURPRISE;
    // Among strings a record of another kind is seen now and then only; it stands for those that were not.
    const isCounted = isSurprise || (ArrayBuffer.isView(sample) && run.textBytes === 0);
    return isCounted ? this.#countEach(run) : bytes * count;
  }

  #countEach({ records, counted, length }: RecordRun): number {
    const { bytes, largest } = bytesBesideText(records, counted, length);
    if (this.#countedRuns > 0)
      this.#countedRuns = this.#isSurprise(largest) ? COUNTED_AFTER_SURPRISE : this.#countedRuns - 1;
    return bytes;
  }

  /** Small records surprise nobody: as many as come between two looks are within the share. */
  #isSurprise(bytes: number): boolean {
    return bytes * LOOK_EVERY_MAX > this.#bytesPerLook && bytes > this.#mean * SURPRISE_FACTOR;
  }

  #remember(mean: number): void {
    if (this.#isSurprise(mean)) this.#lookEvery = 1;
    else if (this.#lookEvery < LOOK_EVERY_MAX) this.#lookEvery *= 2;
    // Nothing changes for records that are alike, and then nothing is computed either.
    if (mean !== this.#mean) this.#mean = this.#mean === 0 ? mean : Math.ceil((this.#mean + mean) / 2);
  }
}

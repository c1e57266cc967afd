// The estimated bytes of a run of records, without measuring each object. The generator takes a sample every so many
// records. The cost of a sample is small beside the records that it represents, and the possible error is bounded:
//
//   strings      are not measured here: the generator adds up all lengths, exactly
//   bytes        each value of the run is counted, exactly
//   objects      one object, at a place that changes from sample to sample, represents the rest
//   given bytes  the receiver knows the bytes of the objects on the wire: the run counts for no less
//   a surprise   the object is large, and several times the last size: then each record of this run and of the next 64
//                is counted, and the next samples come after 1, 2, 4, … records again
//
// A change of size therefore stays undetected until the next sample at most, and the records in between are then
// counted in full. A single huge object among small ones stays undetected if no sample hits the object; the places of
// the samples begin at random, so no sender can avoid them. Receivers that give bytes are exact in this, too.
import { bytesBesideText, recordBytes } from './record-size.ts';

/** Records between two samples while sizes stay alike: the bound of an undetected change of size. */
const LOOK_EVERY_MAX = 128;
/** The factor over the last sizes at which a record counts as a surprise. */
const SURPRISE_FACTOR = 4;
/** The largest share of a block that is expected between two samples. */
const BLOCK_SHARE = 1 / 16;
/** Runs that are counted record by record after a surprise: varying sizes are counted, not sampled. */
const COUNTED_AFTER_SURPRISE = 64;
/** 2^32 over the golden ratio: its multiples keep step with no period that records may have. */
const GOLDEN = 0x9e3779b9;

/** Records from `counted` up to `length`, at least one. */
export interface RecordRun {
  readonly records: readonly unknown[];
  readonly counted: number;
  readonly length: number;
  /** The total length of the strings among these records. */
  readonly textBytes: number;
  /** The total bytes that the receiver gave for the other records; 0 without any. */
  readonly givenBytes: number;
}

/** Measures the records of one stream, run by run. */
export class RecordSizeEstimator {
  readonly #bytesPerLook: number;
  /** The bytes of a record, by the last samples; a whole number, because integers compute fastest. */
  #mean = 0;
  #lookEvery = 1;
  #countedRuns = 0;
  #turn: number;

  /**
   * @param maxBytesPerBlock The bound in bytes that the samples must not miss.
   * @param firstTurn The beginning of the samples: a random 32-bit number.
   */
  constructor(maxBytesPerBlock: number, firstTurn: number) {
    this.#bytesPerLook = Math.floor(maxBytesPerBlock * BLOCK_SHARE);
    this.#turn = firstTurn | 0;
  }

  /**
   * The number of records until the next sample: 1 to 128, fewer for larger records, and no more than are expected to
   * make `bytesLeft`.
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
    // Varying sizes keep varying. The first large record of all says nothing about later records.
    if (isSurprise && this.#mean > 0) this.#countedRuns = COUNTED_AFTER_SURPRISE;
    // Among strings a record of another kind is rarely sampled; the sample represents the unsampled ones.
    const isCounted = isSurprise || (ArrayBuffer.isView(sample) && run.textBytes === 0);
    return isCounted ? this.#countEach(run) : bytes * count;
  }

  #countEach({ records, counted, length }: RecordRun): number {
    const { bytes, largest } = bytesBesideText(records, counted, length);
    if (this.#countedRuns > 0)
      this.#countedRuns = this.#isSurprise(largest) ? COUNTED_AFTER_SURPRISE : this.#countedRuns - 1;
    return bytes;
  }

  /** Small records are no surprise: the records between two samples stay within the share. */
  #isSurprise(bytes: number): boolean {
    return bytes * LOOK_EVERY_MAX > this.#bytesPerLook && bytes > this.#mean * SURPRISE_FACTOR;
  }

  #remember(mean: number): void {
    if (this.#isSurprise(mean)) this.#lookEvery = 1;
    else if (this.#lookEvery < LOOK_EVERY_MAX) this.#lookEvery *= 2;
    // Equal records change nothing, and then nothing is computed either.
    if (mean !== this.#mean) this.#mean = this.#mean === 0 ? mean : Math.ceil((this.#mean + mean) / 2);
  }
}

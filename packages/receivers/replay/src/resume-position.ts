// The continuation of an interrupted replay: behind one record, named by its place in the file. Earlier records in the
// order of the replay were stored by an earlier start. The event time of the record becomes the event time of the new
// start, so no wait repeats replayed time.
import { replayError } from './replay-errors.ts';
import { asPosition } from './replay-position.ts';
import type { TimedRecord } from './record-selector.ts';

/** Omits the records stored by an earlier start. */
export class ResumePosition {
  readonly #index: number | undefined;
  #isReached: boolean;
  #eventMs: number | undefined;

  /** `resumeFrom`: a `ReplayPosition`, or the number of a record, from 0; undefined: nothing is omitted. */
  constructor(resumeFrom: unknown) {
    this.#index = resumeFrom === undefined ? undefined : asPosition(resumeFrom).record;
    this.#isReached = resumeFrom === undefined;
  }

  /** The event time of the record behind which the replay continues, once the record was found. */
  get eventMs(): number | undefined {
    return this.#eventMs;
  }

  /** True when a place of the file is before or at the record. */
  isBefore(index: number): boolean {
    return this.#index !== undefined && index <= this.#index;
  }

  /** The records of a batch behind the record, in the order of the replay. */
  behind(batch: readonly TimedRecord[]): readonly TimedRecord[] {
    if (this.#isReached) return batch;
    const at = batch.findIndex(({ index }) => index === this.#index);
    if (at < 0) return [];
    this.#isReached = true;
    this.#eventMs = batch[at]?.eventMs;
    return batch.slice(at + 1);
  }

  /** Called at the end of the file. @throws `MR_REPLAY_POSITION_UNKNOWN` when the record was not in the file. */
  assertReached(file: string): void {
    if (this.#isReached) return;
    const index = Number(this.#index);
    throw replayError(
      'MR_REPLAY_POSITION_UNKNOWN',
      `expected record ${index + 1} in ${file} for continuing behind it, found none; restore the file, or begin in an empty directory`,
      { details: { file, index } },
    );
  }
}

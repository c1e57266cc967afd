// Where a replay goes on that was interrupted: behind one record, named by its place in the file. What comes before it,
// in the order of the replay, was stored by an earlier start; its event time belongs to the new start, so nobody waits
// for time that has been replayed already.
import { replayError } from './replay-errors.ts';
import { asPosition } from './replay-position.ts';
import type { TimedRecord } from './record-selector.ts';

/** Leaves out what was stored by an earlier start. */
export class ResumePosition {
  readonly #index: number | undefined;
  #isReached: boolean;
  #eventMs: number | undefined;

  /** `resumeFrom`: a `ReplayPosition`, or the number of a record, from 0; undefined: nothing is left out. */
  constructor(resumeFrom: unknown) {
    this.#index = resumeFrom === undefined ? undefined : asPosition(resumeFrom).record;
    this.#isReached = resumeFrom === undefined;
  }

  /** The event time of the record behind which it goes on, once that was met. */
  get eventMs(): number | undefined {
    return this.#eventMs;
  }

  /** Whether a place of the file lies before or at the record. */
  isBefore(index: number): boolean {
    return this.#index !== undefined && index <= this.#index;
  }

  /** The records of a batch that are behind it, in the order of the replay. */
  behind(batch: readonly TimedRecord[]): readonly TimedRecord[] {
    if (this.#isReached) return batch;
    const at = batch.findIndex(({ index }) => index === this.#index);
    if (at < 0) return [];
    this.#isReached = true;
    this.#eventMs = batch[at]?.eventMs;
    return batch.slice(at + 1);
  }

  /** Called at the end of the file. @throws `MR_REPLAY_POSITION_UNKNOWN` when the record was not in it. */
  assertReached(file: string): void {
    if (this.#isReached) return;
    const index = Number(this.#index);
    throw replayError(
      'MR_REPLAY_POSITION_UNKNOWN',
      `the replay has to go on behind record ${index + 1} of ${file}, which is not there any more; restore the file, or begin in an empty directory`,
      { details: { file, index } },
    );
  }
}

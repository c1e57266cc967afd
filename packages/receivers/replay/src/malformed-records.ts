// Counts malformed records. The first ones are reported one by one, later ones only when the count gains a digit, so
// that a file of garbage does not flood the driver with messages.
import type { MillraceError, ReceiverContext } from '@millrace/core';
import { describePosition } from './parsing/record-parser.ts';
import type { MalformedRecord } from './record-selector.ts';
import { replayError } from './replay-errors.ts';

/** The number of malformed records that are reported one by one. */
export const REPORTED_ONE_BY_ONE = 10;

/** Counts and reports malformed records of one file. */
export class MalformedRecords {
  readonly #context: ReceiverContext<never>;
  readonly #file: string;
  #count = 0;

  constructor(context: ReceiverContext<never>, file: string) {
    this.#context = context;
    this.#file = file;
  }

  /** The number of malformed records. */
  get count(): number {
    return this.#count;
  }

  /** Counts a skipped record, and reports the record to the driver unless there are too many. */
  skip(malformed: MalformedRecord): void {
    this.#count += 1;
    if (this.#count > REPORTED_ONE_BY_ONE && !isPowerOfTen(this.#count)) return;
    const error = this.errorOf(malformed);
    this.#context.reportError(`skipped (${this.#count} so far): ${error.message}`, error);
  }

  /** The error with the place and the reason. */
  errorOf({ position, problem }: MalformedRecord): MillraceError {
    const message = `${describePosition(position)} of ${this.#file} is malformed: ${problem}`;
    return replayError('MR_REPLAY_MALFORMED_RECORD', message, { details: { file: this.#file, ...position } });
  }
}

function isPowerOfTen(count: number): boolean {
  return /^10*$/.test(String(count));
}

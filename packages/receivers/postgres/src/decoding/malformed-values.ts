// The reaction to malformed values: the receiver ends, or leaves the records out and reports sums.
import type { ReceiverContext } from '@millrace/core';
import { type MalformedValue, SummedReport } from '@millrace/core/engine';
import { postgresError } from '../postgres-errors.ts';

/** Counts the malformed values of one receiver. */
export class MalformedValues {
  readonly #context: ReceiverContext<never>;
  readonly #reaction: 'stop' | 'skip';
  readonly #report: SummedReport;
  #newest = '';

  constructor(context: ReceiverContext<never>, reaction: 'stop' | 'skip') {
    this.#context = context;
    this.#reaction = reaction;
    this.#report = new SummedReport({
      clock: context.clock,
      tell: (count, total) => this.#tell(count, total),
    });
  }

  /**
   * Takes a malformed value. True when the receiver goes on; otherwise the end of the receiver is requested.
   *
   * @param place For the message, for instance `the row 5 of "t"`.
   */
  leaveOut({ problem }: MalformedValue, place: string): boolean {
    if (this.#reaction === 'stop') {
      const message = `${problem} in ${place}; set onMalformed to skip to leave such records out`;
      this.#context.stop(message, postgresError('MR_POSTGRES_MALFORMED', message));
      return false;
    }
    this.#newest = `${problem} in ${place}`;
    this.#report.add(1);
    return true;
  }

  /** Reports the rest. */
  end(): void {
    this.#report.flush();
  }

  #tell(count: number, total: number): void {
    const message = `left out ${count} malformed records, ${total} since the start; the last: ${this.#newest}`;
    const details = { skipped: count, totalSkipped: total };
    this.#context.reportError(message, postgresError('MR_POSTGRES_MALFORMED', message, { details }));
  }
}

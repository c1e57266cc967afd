// The reaction to malformed entries and messages: the receiver ends, or leaves them out and reports sums.
import type { ReceiverContext } from '@millrace/core';
import { type MalformedValue, SummedReport } from '@millrace/core/engine';
import { redisError } from '../redis-errors.ts';

/** Counts the malformed entries of one receiver. */
export class MalformedEntries {
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
   * Takes a malformed entry. True when the receiver goes on; otherwise the end of the receiver is requested.
   *
   * @param place For instance `entry 1717171717171-3 of stream "orders"`.
   */
  leaveOut({ problem }: MalformedValue, place: string): boolean {
    if (this.#reaction === 'stop') {
      const message = `${problem} in ${place}; set onMalformed to skip to leave such entries out`;
      this.#context.stop(message, redisError('MR_REDIS_MALFORMED', message));
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
    const message = `left out ${count} malformed entries, ${total} since the start; the last: ${this.#newest}`;
    const details = { skipped: count, totalSkipped: total };
    this.#context.reportError(message, redisError('MR_REDIS_MALFORMED', message, { details }));
  }
}

// The reaction to malformed messages: the receiver ends, or leaves the messages out and reports sums.
import type { ReceiverContext } from '@millrace/core';
import { escapeControls, type MalformedValue, SummedReport } from '@millrace/core/engine';
import { natsError } from '../nats-errors.ts';

/** Counts the malformed messages of one receiver. */
export class LeftOutMessages {
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
   * Takes a malformed message. True when the receiver goes on; otherwise the end of the receiver is requested.
   *
   * @param place For instance `message 17 of the stream orders`.
   */
  leaveOut(malformed: MalformedValue, place: string): boolean {
    const problem = `${malformed.problem} in ${escapeControls(place)}`;
    if (this.#reaction === 'stop') {
      const message = `${problem}; set onMalformed to skip to leave such messages out`;
      this.#context.stop(message, natsError('MR_NATS_MALFORMED', message));
      return false;
    }
    this.#newest = problem;
    this.#report.add(1);
    return true;
  }

  /** Reports the rest. */
  end(): void {
    this.#report.flush();
  }

  #tell(count: number, total: number): void {
    const message = `left out ${count} malformed messages, ${total} since the start; the last: ${this.#newest}`;
    const details = { skipped: count, totalSkipped: total };
    this.#context.reportError(message, natsError('MR_NATS_MALFORMED', message, { details }));
  }
}

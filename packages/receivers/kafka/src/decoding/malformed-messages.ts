// The reaction to malformed messages: the receiver ends, or leaves the messages out and reports sums.
import type { ReceiverContext } from '@millrace/core';
import { type MalformedValue, SummedReport } from '@millrace/core/engine';
import { kafkaError } from '../kafka-errors.ts';
import type { MessagePlace } from './message-decoder.ts';

/** Counts the malformed messages of one receiver. */
export class MalformedMessages {
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

  /** Takes a malformed message. True when the receiver goes on; otherwise the end of the receiver is requested. */
  leaveOut(malformed: MalformedValue, { topic, partition }: MessagePlace, offset: number): boolean {
    const place = `${topic}[${partition}] at offset ${offset}`;
    if (this.#reaction === 'stop') {
      const message = `${malformed.problem} in the message of ${place}; set onMalformed to skip to leave such messages out`;
      const details = { topic, partition, offset };
      this.#context.stop(message, kafkaError('MR_KAFKA_MALFORMED', message, { details }));
      return false;
    }
    this.#newest = `${malformed.problem} in the message of ${place}`;
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
    this.#context.reportError(message, kafkaError('MR_KAFKA_MALFORMED', message, { details }));
  }
}

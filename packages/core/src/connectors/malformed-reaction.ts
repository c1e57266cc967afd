// The reaction of a receiver to malformed messages, by the option `onMalformed`: the receiver ends, or leaves the messages out
// and reports sums.
import type { ReceiverContext } from '../contracts/receiver.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { SummedReport } from './summed-report.ts';
import type { MalformedValue } from './value-decoder.ts';

/** Collaborators of a `MalformedReaction`. */
export interface MalformedReactionDeps {
  readonly context: Pick<ReceiverContext<never>, 'clock' | 'stop' | 'reportError'>;
  /** The option `onMalformed`. */
  readonly reaction: 'stop' | 'skip';
  /** The plural for messages. Default `messages`. */
  readonly noun?: string;
  /** Makes the error of the package. */
  readonly errorOf: (message: string, details: Readonly<Record<string, unknown>>) => MillraceError;
}

/** Counts the malformed messages of one receiver. */
export class MalformedReaction {
  readonly #deps: MalformedReactionDeps;
  readonly #report: SummedReport;
  #newest = '';

  constructor(deps: MalformedReactionDeps) {
    this.#deps = deps;
    this.#report = new SummedReport({
      clock: deps.context.clock,
      tell: (count, total) => this.#tell(count, total),
    });
  }

  /**
   * Takes a malformed message. True when the receiver goes on without the message; otherwise the end of the receiver was
   * requested.
   *
   * @param place The place of the message, for instance `a message of topic "t"`.
   * @param details The place for programs.
   */
  leaveOut(
    { problem }: MalformedValue,
    place: string,
    details: Readonly<Record<string, unknown>> = {},
  ): boolean {
    const { context, reaction, noun = 'messages', errorOf } = this.#deps;
    const where = `${problem} in ${place}`;
    if (reaction === 'stop') {
      const message = `${where}; set onMalformed to skip to leave such ${noun} out`;
      context.stop(message, errorOf(message, details));
      return false;
    }
    this.#newest = where;
    this.#report.add(1);
    return true;
  }

  /** Reports the rest. */
  end(): void {
    this.#report.flush();
  }

  #tell(count: number, total: number): void {
    const { context, noun = 'messages', errorOf } = this.#deps;
    const message = `left out ${count} malformed ${noun}, ${total} since the start; the last: ${this.#newest}`;
    context.reportError(message, errorOf(message, { skipped: count, totalSkipped: total }));
  }
}

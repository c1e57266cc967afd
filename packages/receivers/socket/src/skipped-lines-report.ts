// Tells of lines that were left out: the first at once, the following at most once a second and in one sum. A peer
// that sends nothing but long lines must not turn into a flood of reports, and no line may be left out untold.
import type { ReceiverContext, Timer } from '@millrace/core';
import { socketError } from './socket-errors.ts';

const REPORT_INTERVAL_MS = 1_000;

/** Counts the lines of one connection that were longer than the bound, and reports them. */
export class SkippedLinesReport {
  readonly #context: ReceiverContext<string>;
  readonly #maxLineBytes: number;
  #untold = 0;
  #total = 0;
  #timer: Timer | undefined;

  constructor(context: ReceiverContext<string>, maxLineBytes: number) {
    this.#context = context;
    this.#maxLineBytes = maxLineBytes;
  }

  /** One more line was left out. */
  add(): void {
    this.#untold += 1;
    this.#total += 1;
    if (this.#timer === undefined) this.#tell();
  }

  /** Tells what has not been told yet. No report follows, unless more lines are added. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#untold > 0) this.#report();
  }

  /** Reports, and keeps quiet for an interval. */
  #tell(): void {
    this.#report();
    const { clock } = this.#context;
    this.#timer = clock.schedule(clock.now() + REPORT_INTERVAL_MS, () => {
      this.#timer = undefined;
      if (this.#untold > 0) this.#tell();
    });
  }

  #report(): void {
    const details = {
      skippedLines: this.#untold,
      totalSkippedLines: this.#total,
      maxLineBytes: this.#maxLineBytes,
    };
    const message =
      `expected lines of at most ${this.#maxLineBytes} bytes and left out ${this.#untold} longer ones, ` +
      `${this.#total} on this connection; raise maxLineBytes to keep such lines`;
    this.#untold = 0;
    this.#context.reportError(message, socketError('MR_SOCKET_LONG_LINE', message, { details }));
  }
}

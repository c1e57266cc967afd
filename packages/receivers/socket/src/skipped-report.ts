// Tells of records that were left out: the first at once, the following at most once a second and in one sum. A peer
// that sends nothing but long ones must not turn into a flood of reports, and none may be left out untold.
import type { ReceiverContext, Timer } from '@millrace/core';
import { socketError } from './socket-errors.ts';

const REPORT_INTERVAL_MS = 1_000;

/** What is left out. */
export interface SkippedKind {
  readonly code: 'MR_SOCKET_LONG_LINE' | 'MR_SOCKET_LONG_FRAME';
  readonly noun: 'lines' | 'frames';
  /** The option that is the bound, and what it is. */
  readonly option: 'maxLineBytes' | 'maxFrameBytes';
  readonly maxBytes: number;
}

/** Counts the records of one connection that were longer than the bound, and reports them. */
export class SkippedReport {
  readonly #context: ReceiverContext<never>;
  readonly #kind: SkippedKind;
  #untold = 0;
  #total = 0;
  #timer: Timer | undefined;

  constructor(context: ReceiverContext<never>, kind: SkippedKind) {
    this.#context = context;
    this.#kind = kind;
  }

  /** One more was left out. */
  add(): void {
    this.#untold += 1;
    this.#total += 1;
    if (this.#timer === undefined) this.#tell();
  }

  /** Tells what has not been told yet. No report follows, unless more are added. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#untold > 0) this.#report();
  }

  /** Reports, and keeps quiet for an interval. */
  #tell(): void {
    this.#report();
    const { clock } = this.#context;
    this.#timer = clock.after(REPORT_INTERVAL_MS, () => {
      this.#timer = undefined;
      if (this.#untold > 0) this.#tell();
    });
  }

  #report(): void {
    const { code, noun, option, maxBytes } = this.#kind;
    const details = { skipped: this.#untold, totalSkipped: this.#total, [option]: maxBytes };
    const message =
      `expected ${noun} of at most ${maxBytes} bytes and left out ${this.#untold} longer ones, ` +
      `${this.#total} on this connection; raise ${option} to keep such ${noun}`;
    this.#untold = 0;
    this.#context.reportError(message, socketError(code, message, { details }));
  }
}

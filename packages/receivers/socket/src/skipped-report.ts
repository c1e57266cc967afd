// Reports omitted records: the first at once, later ones at most once a second and in one sum. A peer that sends only
// long records must not cause a flood of reports, and no omission may stay unreported.
import type { ReceiverContext, Timer } from '@millrace/core';
import { socketError } from './socket-errors.ts';

const REPORT_INTERVAL_MS = 1_000;

/** The noun for the omitted records. */
export interface SkippedKind {
  readonly code: 'MR_SOCKET_LONG_LINE' | 'MR_SOCKET_LONG_FRAME';
  readonly noun: 'lines' | 'frames';
  /** The option with the bound, and the bound. */
  readonly option: 'maxLineBytes' | 'maxFrameBytes';
  readonly maxBytes: number;
}

/** Counts the records of one connection above the bound, and reports the counts. */
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

  /** The omitted records so far. */
  get total(): number {
    return this.#total;
  }

  /** Adds one omitted record. */
  add(): void {
    this.#untold += 1;
    this.#total += 1;
    if (this.#timer === undefined) this.#tell();
  }

  /** Reports the unreported omissions. No report follows, unless more are added. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#untold > 0) this.#report();
  }

  /** Reports, and then pauses for an interval. */
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

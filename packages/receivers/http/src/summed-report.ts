// Tells of things that may come in floods: the first at once, the following at most once a second and in one sum. A
// client that sends nothing but rubbish must not turn into a flood of reports, and nothing may go untold.
import type { Clock, Timer } from '@millrace/core';

const REPORT_INTERVAL_MS = 1_000;

/** What a `SummedReport` takes. */
export interface SummedReportDeps {
  readonly clock: Clock;
  /** Tells of so many that are new, out of so many in all. */
  readonly tell: (untold: number, total: number) => void;
}

/** Counts one kind of event and reports it. */
export class SummedReport {
  readonly #deps: SummedReportDeps;
  #untold = 0;
  #total = 0;
  #timer: Timer | undefined;

  constructor(deps: SummedReportDeps) {
    this.#deps = deps;
  }

  /** So many more happened. */
  add(count: number): void {
    if (count === 0) return;
    this.#untold += count;
    this.#total += count;
    if (this.#timer === undefined) this.#tell();
  }

  /** Tells what has not been told yet. No report follows, unless more is added. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tellUntold();
  }

  /** Reports, and keeps quiet for an interval. */
  #tell(): void {
    this.#tellUntold();
    const { clock } = this.#deps;
    this.#timer = clock.after(REPORT_INTERVAL_MS, () => {
      this.#timer = undefined;
      if (this.#untold > 0) this.#tell();
    });
  }

  #tellUntold(): void {
    if (this.#untold === 0) return;
    const untold = this.#untold;
    this.#untold = 0;
    this.#deps.tell(untold, this.#total);
  }
}

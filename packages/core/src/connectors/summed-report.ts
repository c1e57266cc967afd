// Reports events that may come in floods: the first event at once, later events at most once a second and in one sum. A
// peer that sends only malformed records must not cause a flood of reports, and no event may stay unreported.
import type { Clock, Timer } from '../contracts/clock.ts';

const REPORT_INTERVAL_MS = 1_000;

/** Collaborators of a `SummedReport`. */
export interface SummedReportDeps {
  readonly clock: Clock;
  /** Reports the number of new events, and the number of all events. */
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

  /** The number of all events. */
  get total(): number {
    return this.#total;
  }

  /** Adds this number of events. */
  add(count: number): void {
    if (count === 0) return;
    this.#untold += count;
    this.#total += count;
    if (this.#timer === undefined) this.#tell();
  }

  /** Reports the unreported events. No report follows, unless more events are added. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#tellUntold();
  }

  /** Reports, and then pauses for an interval. */
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

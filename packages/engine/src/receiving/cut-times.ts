// The two occasions for cutting a block: the end of a turn of the event loop, and the end of a block interval. Both are
// requested only while a generator holds records, so a generator without records costs nothing. The end of a turn is a
// call of the clock without a delay, so virtual time decides its order like that of every other call.
import type { Clock, Timer } from '@millrace/core';
import { RecurringTimer } from '@millrace/core/engine';

/** The collaborators of `CutTimes`. */
export interface CutTimesDeps {
  readonly clock: Clock;
  readonly blockIntervalMs: number;
  /** Called in a later turn than the request. */
  readonly onTurnEnd: () => void;
  /** Called at a multiple of the interval. */
  readonly onIntervalEnd: () => void;
}

/** Requests the ends of turns and of block intervals. */
export class CutTimes {
  readonly #deps: CutTimesDeps;
  #turn: Timer | undefined;
  #interval: RecurringTimer | undefined;

  constructor(deps: CutTimesDeps) {
    this.#deps = deps;
  }

  /** True when the end of a turn is requested. */
  get awaitsTurnEnd(): boolean {
    return this.#turn !== undefined;
  }

  /** True when the end of an interval is requested. */
  get awaitsIntervalEnd(): boolean {
    return this.#interval !== undefined;
  }

  /** Requests the end of this turn. Reads no clock; the clock is read at the end of the turn. */
  requestTurnEnd(): void {
    this.#turn ??= this.#deps.clock.after(0, () => {
      this.#turn = undefined;
      this.#deps.onTurnEnd();
    });
  }

  /** Requests the end of the present interval. */
  requestIntervalEnd(): void {
    if (this.#interval !== undefined) return;
    const { clock, blockIntervalMs } = this.#deps;
    this.#interval = new RecurringTimer({
      clock,
      periodMs: blockIntervalMs,
      callback: () => this.#endInterval(),
      name: 'block-generator',
      mayRepeat: true,
    });
    this.#interval.start();
  }

  /** Cancels both requests. */
  cancel(): void {
    this.#turn?.cancel();
    this.#turn = undefined;
    this.#cancelInterval();
  }

  #endInterval(): void {
    this.#cancelInterval();
    this.#deps.onIntervalEnd();
  }

  #cancelInterval(): void {
    // An interrupted timer waits for nothing, and its promise never rejects.
    void this.#interval?.stop({ interrupt: true });
    this.#interval = undefined;
  }
}

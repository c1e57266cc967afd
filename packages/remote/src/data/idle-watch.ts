// Watches a transfer for silence. Each byte that moves is a sign; a transfer that waits on purpose is not watched.
import type { Clock, Timer } from '@millrace/core';

/** Collaborators of an `IdleWatch`. */
export interface IdleWatchDeps {
  readonly clock: Clock;
  /** The longest silence, in milliseconds. */
  readonly idleMs: number;
  /** Called once, at the end of a silence that is too long. */
  readonly onIdle: () => void;
}

/** The watch over one transfer, from its construction until `stop`. */
export class IdleWatch {
  readonly #deps: IdleWatchDeps;
  #lastMs: number;
  #timer: Timer | undefined;

  constructor(deps: IdleWatchDeps) {
    this.#deps = deps;
    this.#lastMs = deps.clock.monotonicMs();
    this.#timer = deps.clock.after(deps.idleMs, () => this.#look());
  }

  /** Bytes have moved. */
  heard(): void {
    this.#lastMs = this.#deps.clock.monotonicMs();
  }

  /** Stops the watch until `resume`. */
  pause(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Watches again, as if bytes had just moved. */
  resume(): void {
    this.pause();
    this.heard();
    this.#timer = this.#deps.clock.after(this.#deps.idleMs, () => this.#look());
  }

  /** Ends the watch. May be repeated. */
  stop(): void {
    this.pause();
  }

  #look(): void {
    const { clock, idleMs, onIdle } = this.#deps;
    const leftMs = this.#lastMs + idleMs - clock.monotonicMs();
    this.#timer = undefined;
    if (leftMs <= 0) onIdle();
    else this.#timer = clock.after(leftMs, () => this.#look());
  }
}

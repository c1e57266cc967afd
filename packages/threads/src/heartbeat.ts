// Notices that somebody has gone silent. It counts beats that nobody answered instead of looking at the time of the last
// word: a driver whose own thread was busy for long finds one beat unanswered, not a dead executor.
import type { Clock, Timer } from '@millrace/core';

/** What a heartbeat is made of. */
export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly periodMs: number;
  /** After how long a silence is reported, asked at every beat. */
  readonly patienceMs: () => number;
  /** Asks for a sign of life. */
  readonly beat: () => void;
  /** Called once. */
  readonly onSilence: (silentMs: number) => void;
}

/** Beats until it is stopped or nobody answers. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #timer: Timer | undefined;
  #unanswered = 0;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock, periodMs, beat } = this.#deps;
    beat();
    this.#timer = clock.after(periodMs, () => this.#next());
  }

  /** There was a sign of life. */
  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #next(): void {
    const { periodMs, patienceMs, onSilence } = this.#deps;
    this.#unanswered += 1;
    const silentMs = this.#unanswered * periodMs;
    if (silentMs < patienceMs()) this.start();
    else onSilence(silentMs);
  }
}

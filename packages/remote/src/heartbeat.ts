// Detects a silent peer. Unanswered beats are counted instead of comparing the time of the last message: a driver whose
// own thread was busy for long finds one unanswered beat, not a dead executor.
import type { Clock, Timer } from '@millrace/core';

/** Collaborators of a `Heartbeat`. */
export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly periodMs: number;
  /** The tolerated silence, read at every beat. */
  readonly patienceMs: () => number;
  /** Requests a sign of life. */
  readonly beat: () => void;
  /** Called once. */
  readonly onSilence: (silentMs: number) => void;
}

/** Beats until stopped, or until no beat is answered. */
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

  /** Records a sign of life. */
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

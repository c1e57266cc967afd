// Lets a link try another server while its partner is silent. Two servers that are cut off each other, and both alive, look well to
// their clients, but carry nothing between them; a third server reaches both.
//
//   driver ── n1 ──✕── n3 ── host        the host hears nothing, changes to n2, and hears the driver
//              ╲__ n2 __╱
import type { Clock, Timer } from '@millrace/core';
import type { NatsLink } from './nats-link.ts';

/** Collaborators. */
export interface ServerChangesDeps {
  readonly clock: Clock;
  readonly link: Pick<NatsLink, 'changeServer'>;
}

/** The silence after which another server is tried, in milliseconds: a partner speaks every second. */
const SILENT_MS = 3_000;
/** A link stays with a server for at least so long, in milliseconds: several users of a link may ask for a change at once. */
export const STAY_MS = 2_000;
/** After so many changes the partner itself is gone. */
const CHANGES_MAX = 5;

/** The watch over one partner. Begins with the first sign of the partner. */
export class ServerChanges {
  readonly #deps: ServerChangesDeps;
  #heardMs = 0;
  #changes = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(deps: ServerChangesDeps) {
    this.#deps = deps;
  }

  /** The partner was heard. */
  heard(): void {
    if (this.#isStopped) return;
    this.#heardMs = this.#deps.clock.monotonicMs();
    this.#changes = 0;
    this.#timer ??= this.#lookIn(SILENT_MS);
  }

  /** Ends the watch. May be repeated. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #lookIn(ms: number): Timer {
    return this.#deps.clock.after(ms, () => {
      const { clock, link } = this.#deps;
      const leftMs = this.#heardMs + SILENT_MS * (this.#changes + 1) - clock.monotonicMs();
      this.#timer = undefined;
      if (leftMs <= 0) {
        this.#changes += 1;
        link.changeServer();
      }
      if (this.#changes < CHANGES_MAX) this.#timer = this.#lookIn(leftMs > 0 ? leftMs : SILENT_MS);
    });
  }
}

// The driver that a host serves. A higher epoch takes over at once; a lower one is refused. Of two drivers with one epoch
// (an engine without a durable log counts from one at each start), the first is served until the first has stopped or has
// been silent.
import type { Clock, Epoch, MillraceError, Timer } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';
import { BEAT_MS, type DriverBeat, type DriverIdentity } from './host-messages.ts';

/** Collaborators of a `DriverWatch`. */
export interface DriverWatchDeps {
  readonly clock: Clock;
  /** A driver without a sign of life for this long is not served any more, in milliseconds. */
  readonly silentMs: number;
  /** Called when the served driver is not served any more: its executors have to end. */
  readonly onOver: (reason: MillraceError) => void;
}

/** Watches the drivers of an application. */
export class DriverWatch {
  readonly #deps: DriverWatchDeps;
  #served: DriverIdentity | undefined;
  #epoch: Epoch = 0;
  #unheard = 0;
  #timer: Timer | undefined;

  constructor(deps: DriverWatchDeps) {
    this.#deps = deps;
  }

  /** The highest epoch heard of; 0 for none. */
  get epoch(): Epoch {
    return this.#epoch;
  }

  /** The driver that is served now. */
  get served(): DriverIdentity | undefined {
    return this.#served;
  }

  /** Takes the beat of a driver. */
  heard(beat: DriverBeat): void {
    const served = this.#served;
    const isServed = served?.driver === beat.driver && served.epoch === beat.epoch;
    if (beat.hasStopped) {
      if (isServed) this.#over('the driver has stopped');
      return;
    }
    if (isServed) this.#unheard = 0;
    else if (beat.epoch > this.#epoch) this.#serve(beat);
  }

  /**
   * Serves the sender of a request, if no other driver is in its way.
   *
   * @throws `MR_REMOTE_STALE_DRIVER`, `MR_REMOTE_OTHER_DRIVER`.
   */
  admit({ epoch, driver }: DriverIdentity): void {
    if (epoch < this.#epoch) {
      const message = `expected a driver of epoch ${this.#epoch} or later, got epoch ${epoch}; a later driver has taken over`;
      throw remoteError('MR_REMOTE_STALE_DRIVER', message, { details: { epoch, newest: this.#epoch } });
    }
    const served = this.#served;
    if (served?.epoch === epoch && served.driver !== driver) {
      const message =
        `the host serves another driver of epoch ${epoch}, ${served.driver}, which was heard ` +
        `within the last ${this.#deps.silentMs} ms; stop that driver, or give both one durable log`;
      throw remoteError('MR_REMOTE_OTHER_DRIVER', message, {
        details: { epoch, driver, served: served.driver },
      });
    }
    if (served?.driver === driver) this.#unheard = 0;
    else this.#serve({ epoch, driver });
  }

  /** Ends the watch. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #serve({ epoch, driver }: DriverIdentity): void {
    if (this.#served !== undefined) this.#over(`a driver of epoch ${epoch} has taken over`);
    this.#epoch = epoch;
    this.#served = { epoch, driver };
    this.#unheard = 0;
    this.#watch();
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(BEAT_MS, () => this.#next());
  }

  /** Counts beats instead of time, as a heartbeat does: a host that was paused finds one beat missing. */
  #next(): void {
    this.#unheard += 1;
    const silentMs = this.#unheard * BEAT_MS;
    if (silentMs < this.#deps.silentMs) this.#watch();
    else this.#over(`no sign of life of the driver for ${silentMs} ms`);
  }

  #over(why: string): void {
    this.stop();
    this.#served = undefined;
    this.#deps.onOver(remoteError('MR_REMOTE_DRIVER_GONE', why));
  }
}

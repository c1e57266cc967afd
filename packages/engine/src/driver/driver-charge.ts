// The charge of a driver: the wait for the lease of the application, the watch over the term, and the release at the end.
// Without a lease a driver is in charge at once and for ever.
//
//   begin ──► another driver has the lease: standing by ──► in charge ──► end: handed over, or the application stopped
//                └─ stop, or the application was stopped      └─ lost: the engine stops (LEASE-14)
import { type Clock, type Epoch, isMillraceError, type Logger } from '@millrace/core';
import { asError, DriverLease, type DriverTerm, type Ports } from '@millrace/core/engine';
import type { LeaseReading } from '@millrace/core/observation';
import type { PublishEvent } from '../listening/publish-event.ts';

/** The collaborators of a charge. */
export interface DriverChargeDeps {
  readonly ports: Ports;
  readonly application: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: PublishEvent;
  /** Called with the reason when the term is lost. */
  readonly onFatal: (error: unknown) => void;
}

/** The charge of one driver. */
export class DriverCharge {
  readonly #deps: DriverChargeDeps;
  readonly #lease: DriverLease | undefined;
  readonly #waiting = new AbortController();
  #term: DriverTerm | undefined;
  #isStandingBy = false;
  #reading: LeaseReading | undefined;

  constructor(deps: DriverChargeDeps) {
    this.#deps = deps;
    this.#lease = deps.ports.has(DriverLease) ? deps.ports.get(DriverLease) : undefined;
  }

  /**
   * Waits until this driver is in charge. False: the wait was called off, or the application was stopped; the driver
   * never was in charge.
   *
   * @throws other errors of the lease.
   */
  async begin(): Promise<boolean> {
    const { application, log } = this.#deps;
    const { signal } = this.#waiting;
    if (this.#lease === undefined) return true;
    this.#reading = { state: 'waiting', sinceMs: this.#deps.clock.now() };
    try {
      const onStandby = (holder: string | undefined): void => this.#standBy(holder);
      this.#watch(await this.#lease.acquire({ application, signal, onStandby }));
      return true;
    } catch (error) {
      if (isMillraceError(error, 'MR_LEASE_STOPPED')) {
        log.info('the application was stopped while this driver stood by', { error });
        return false;
      }
      if (signal.aborted) return false;
      throw error;
    } finally {
      this.#isStandingBy = false;
    }
  }

  /** Ends the wait, if there is one. */
  callOff(): void {
    this.#waiting.abort(new Error('the driver is stopping'));
  }

  /** True while another driver is in charge, as far as known. */
  get isStandingBy(): boolean {
    return this.#isStandingBy;
  }

  /** The number of the term; 0 without a lease, and for a lease that does not count terms. */
  get epoch(): Epoch {
    return this.#term?.epoch ?? 0;
  }

  /** False while another driver may come in charge: no job may begin. */
  get isCertain(): boolean {
    return this.#lease === undefined || this.#term?.isCertain === true;
  }

  /** The lease as known; undefined without a lease, and before `begin`. */
  get reading(): LeaseReading | undefined {
    return this.#reading;
  }

  /**
   * Publishes that this driver is in charge, as soon as that is certain: a driver that was paused while it recovered may have been
   * replaced meanwhile. Without a lease there is nothing to tell.
   */
  tell(epoch: Epoch): void {
    const { clock, log, publish } = this.#deps;
    const term = this.#term;
    if (term === undefined || this.#reading === undefined) return;
    if (!term.isCertain) {
      const forget = term.onCertainty((isCertain) => {
        if (!isCertain) return;
        forget();
        this.tell(epoch);
      });
      return;
    }
    this.#reading = { ...this.#reading, epoch };
    log.info('this driver is in charge', { epoch });
    publish('driver:in-charge', { timeMs: clock.now(), epoch });
  }

  /** Calls `onCertain` whenever the term is certain again. */
  onCertain(onCertain: () => void): void {
    this.#term?.onCertainty((isCertain) => {
      if (isCertain) onCertain();
    });
  }

  /**
   * Ends the charge. Called last, when nothing writes any more.
   *
   * @param handOver True: another driver may take over at once. False: the application was stopped.
   * @throws the errors of the lease: another driver then takes over as after a death.
   */
  async end(handOver: boolean): Promise<void> {
    this.#endReading();
    await this.#lease?.release({ handOver });
  }

  #standBy(holder: string | undefined): void {
    const { clock, log, publish } = this.#deps;
    this.#isStandingBy = true;
    const fields = holder === undefined ? {} : { holder };
    log.info('another driver is in charge, this driver stands by', fields);
    this.#reading = { state: 'standby', sinceMs: clock.now(), ...fields };
    publish('driver:standby', { timeMs: clock.now(), ...fields });
  }

  #watch(term: DriverTerm): void {
    const { clock, log, onFatal } = this.#deps;
    this.#term = term;
    this.#reading = { state: 'in-charge', sinceMs: clock.now(), isCertain: true };
    const lose = (): void => onFatal(asError(term.lost.reason));
    const end = (): void => {
      this.#endReading();
      lose();
    };
    if (term.lost.aborted) end();
    else term.lost.addEventListener('abort', end, { once: true });
    term.onCertainty((isCertain) => {
      // The end of a term is no doubt: the loss is reported, and a release belongs to the stop.
      if (this.#reading?.state !== 'in-charge' || term.lost.aborted) return;
      this.#reading = { ...this.#reading, isCertain };
      if (isCertain) log.info('the lease was renewed, jobs begin again');
      else log.warn('the lease is not renewed, no job begins until an answer comes');
    });
  }

  #endReading(): void {
    if (this.#reading === undefined || this.#reading.state === 'ended') return;
    const { epoch } = this.#reading;
    const sinceMs = this.#deps.clock.now();
    this.#reading = { state: 'ended', sinceMs, ...(epoch === undefined ? {} : { epoch }) };
  }
}

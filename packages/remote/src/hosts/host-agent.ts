// The agent of a host: says once a second what the host is, runs executors for one driver, and ends them when the driver is
// gone. Ends are told by a beat at once, and by the following beats, so no message has to arrive.
import type { Clock, Logger, MillraceError, Timer } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import { remoteError } from '../remote-errors.ts';
import { DriverWatch } from './driver-watch.ts';
import type { ExecutorRunner } from './executor-runner.ts';
import {
  BEAT_MS,
  type DriverBeat,
  type HostDescription,
  type HostReply,
  type HostRequest,
  type JoinRequest,
} from './host-messages.ts';
import type { HostWire } from './host-wire.ts';
import { RunningExecutors } from './running-executors.ts';

/** Collaborators of a `HostAgent`. */
export interface HostAgentDeps {
  readonly description: HostDescription;
  readonly wire: HostWire;
  readonly runner: ExecutorRunner;
  readonly clock: Clock;
  readonly log: Logger;
  /** The host ends its executors when their driver was silent for this long, in milliseconds. Default 15,000. */
  readonly driverSilentMs?: number;
}

const DRIVER_SILENT_MS = 15_000;

/** Offers a host to drivers, from `start` to `leave`. */
export class HostAgent {
  readonly #deps: HostAgentDeps;
  readonly #executors: RunningExecutors;
  readonly #drivers: DriverWatch;
  #beats = 0;
  #timer: Timer | undefined;
  #isLeaving = false;
  /** The newest join. */
  #joined:
    { readonly driver: string; readonly attempt: number; readonly refusal: string | undefined } | undefined;
  /** Resolves when the executors of earlier drivers have ended. */
  #cleared: Promise<void> = Promise.resolve();

  constructor(deps: HostAgentDeps) {
    const { clock, runner, description, driverSilentMs = DRIVER_SILENT_MS } = deps;
    this.#deps = deps;
    this.#executors = new RunningExecutors({
      runner,
      clock,
      slots: description.slots,
      onChanged: () => this.#tell(),
    });
    this.#drivers = new DriverWatch({
      clock,
      silentMs: driverSilentMs,
      onOver: (reason) => this.#endAll(reason),
    });
  }

  /** The number of running executors. */
  get runningCount(): number {
    return this.#executors.sessions().length;
  }

  /** Begins to beat and to take requests. */
  start(): void {
    const { wire } = this.#deps;
    wire.onDriver((beat) => this.#heard(beat));
    wire.onRequest((request) => this.#answer(request));
    this.#beat();
  }

  /** Tells the driver, ends all executors, and is silent from then on. May be repeated. */
  async leave(): Promise<void> {
    if (!this.#isLeaving) {
      this.#isLeaving = true;
      this.#tell();
      this.#endAll(
        remoteError('MR_REMOTE_HOST_LEFT', `the host ${this.#deps.description.host} was asked to end`),
      );
    }
    await this.#cleared;
    this.#timer?.cancel();
    this.#drivers.stop();
    this.#deps.wire.close();
  }

  #heard(beat: DriverBeat): void {
    this.#drivers.heard(beat);
    if (beat.isRollCall) this.#tell();
  }

  async #answer(request: HostRequest): Promise<HostReply> {
    try {
      this.#drivers.admit(request);
      // A slot may still be occupied by an executor of an earlier driver.
      await this.#cleared;
      await this.#do(request);
      return { isOk: true, beat: this.#beats, wallMs: this.#deps.clock.now() };
    } catch (error) {
      return { isOk: false, error: serializeError(error) };
    }
  }

  async #do(request: HostRequest): Promise<void> {
    const { description } = this.#deps;
    if (request.kind === 'kill') {
      return this.#executors.kill(
        request.session,
        remoteError('MR_REMOTE_KILLED', 'the driver ended the executor'),
      );
    }
    if (this.#isLeaving)
      throw remoteError('MR_REMOTE_HOST_LEFT', `the host ${description.host} is about to end`);
    if (request.kind === 'launch') {
      // The driver may have been replaced during the wait.
      this.#drivers.admit(request);
      return this.#executors.launch(request);
    }
    await this.#join(request);
  }

  async #join({ incarnation, driver, epoch, attempt, refusal }: JoinRequest): Promise<void> {
    const { description, log } = this.#deps;
    if (incarnation !== description.incarnation)
      throw remoteError('MR_REMOTE_HOST_LEFT', `the host ${description.host} has been started again`);
    const isLate = this.#joined?.driver === driver && this.#joined.attempt >= attempt;
    if (isLate) return;
    // A driver repeats the refusal of a host whose clock is apart.
    const isNews = this.#joined?.driver !== driver || this.#joined.refusal !== refusal;
    this.#joined = { driver, attempt, refusal };
    this.#endAll(
      remoteError('MR_REMOTE_DRIVER_GONE', 'the driver joined anew and has given up the executor'),
    );
    await this.#cleared;
    if (refusal === undefined) log.info('a driver counts on this host', { epoch, driver });
    else if (isNews) log.warn('a driver refuses this host', { epoch, driver, refusal });
  }

  #endAll(reason: MillraceError): void {
    const count = this.runningCount;
    if (count > 0) this.#deps.log.warn('all executors are ended', { count, reason });
    const before = this.#cleared;
    const ending = this.#executors.killAll(reason).catch((error: unknown) => {
      this.#deps.log.error('an executor cannot be ended', { error });
    });
    this.#cleared = Promise.all([before, ending]).then(() => undefined);
  }

  #beat(): void {
    this.#tell();
    this.#timer = this.#deps.clock.after(BEAT_MS, () => this.#beat());
  }

  #tell(): void {
    const { description, wire } = this.#deps;
    this.#beats += 1;
    wire.beat({
      ...description,
      beat: this.#beats,
      epoch: this.#drivers.epoch,
      running: this.#executors.sessions(),
      ended: this.#executors.ended(),
      isLeaving: this.#isLeaving,
    });
  }
}

// The phases of a context, and the ways from one to the next:
//
//   INITIALIZED ── start() ──► ACTIVE ── stop() ──► STOPPED
//        └───────────── stop() ───────────────────────┘       and no way back
//
// With a lease (the port `DriverLease`) `start()` first waits until this driver is in charge.
//
// From the call of stop() on nothing can be defined or started, also while the stop is under way. The end for callers is in
// `termination.ts`.
import { isMillraceError, SystemClock, type Clock, type Logger } from '@millrace/core';
import { serializeError } from '@millrace/core/engine';
import { contextError } from '../driver/context-errors.ts';
import { HURRIED_STOP_MS } from '../driver/driver-stop.ts';
import type { Driver } from '../driver/driver.ts';
import { NOTHING_LEFT, type StopReport } from '../driver/stop-report.ts';
import type { EventHub } from '../listening/event-hub.ts';
import { awaitReceivers } from './await-receivers.ts';
import type { CheckpointPlace } from './checkpoint-place.ts';
import type { ContextRuntime, ExecutorRole } from './context-runtime.ts';
import type { EngineStatus } from './engine-status.ts';
import { reportLingeringHandles } from './lingering-handles.ts';
import type { PrintedOutput } from './printed-output.ts';
import { exitAsReplaced, isReplaced } from './replaced-driver.ts';
import { resolveStartOptions, type StartOptions } from './start-options.ts';
import { resolveStopOptions, type StopOptions } from './stop-options.ts';
import { Termination } from './termination.ts';

/** The phase of a context's life. */
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED';

/** The parts of a context that start and stop with it. */
export interface ContextLifeDeps {
  readonly application: string;
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly engine: ContextRuntime;
  readonly events: EventHub;
  readonly checkpoints: CheckpointPlace;
  readonly printed: PrintedOutput;
}

/** The life of one context. */
export class ContextLife {
  /** The end of the context, for those who wait. */
  readonly termination: Termination;
  readonly #deps: ContextLifeDeps;
  readonly #hurry = new AbortController();
  #state: StreamingContextState = 'INITIALIZED';
  #stopping: Promise<StopReport> | undefined;
  #removeSignalHandlers: (() => void) | undefined;

  constructor(deps: ContextLifeDeps) {
    this.#deps = deps;
    this.termination = new Termination(deps.clock);
  }

  /** The present phase. */
  get state(): StreamingContextState {
    return this.#state;
  }

  /** The phase, in the words of `EngineStatus`. */
  get status(): EngineStatus['state'] {
    if (this.#state === 'STOPPED') return 'stopped';
    if (this.#stopping !== undefined) return 'stopping';
    if (this.#state === 'ACTIVE') return 'active';
    const { driver } = this.#deps.engine;
    if (driver === undefined) return 'initialized';
    return driver.isStandingBy ? 'standby' : 'starting';
  }

  /** @throws `MR_CONTEXT_ADD_AFTER_START` once the context was started or stopped. */
  assertCanDefine(what: string): void {
    const isStopped = this.#stopping !== undefined;
    if (this.#deps.engine.driver === undefined && this.#state === 'INITIALIZED' && !isStopped) return;
    throw contextError(
      'MR_CONTEXT_ADD_AFTER_START',
      `${what} must be defined before start(), but the context is ${isStopped ? 'stopped' : 'started'}`,
      { details: { what, state: this.#state } },
    );
  }

  /** See `StreamingContext.start`. */
  async start(options: StartOptions): Promise<void> {
    const { awaitReceivers: withinMs } = resolveStartOptions(options);
    if (this.#stopping !== undefined) {
      const when = this.#state === 'STOPPED' ? 'has been stopped' : 'is being stopped';
      throw contextError('MR_CONTEXT_STOPPED', `the context ${when}; make a new one`);
    }
    if (this.#deps.engine.driver !== undefined || this.#state === 'ACTIVE') {
      throw contextError('MR_CONTEXT_ALREADY_STARTED', 'the context has been started already');
    }
    const { graph, served } = this.#deps.engine;
    graph.validate();
    if (served !== undefined) return this.#serve(served);
    this.#deps.engine.assertReachedFromEveryHost(this.#deps.checkpoints.directory);
    const driver = this.#deps.engine.createDriver(this.#deps.checkpoints.directory);
    let isInCharge: boolean;
    try {
      isInCharge = await driver.start();
    } catch (error) {
      throw await this.#startFailed(error);
    }
    if (!isInCharge) return this.#neverInCharge();
    if (this.#stopping !== undefined) throw await this.#startFailed(stoppedMeanwhile());
    this.#state = 'ACTIVE';
    this.#deps.log.info('streaming started', { batchIntervalMs: this.#deps.batchIntervalMs });
    this.#deps.events.publish('streaming:started', { timeMs: this.#deps.clock.now() });
    if (withinMs !== undefined) await this.#receiversStarted(driver, withinMs);
  }

  /** See `StreamingContext.stop`. */
  stop(options: StopOptions): Promise<StopReport> {
    let resolved: ReturnType<typeof resolveStopOptions>;
    try {
      resolved = resolveStopOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#deps.events.bus.doNotWaitForCaller();
    if (this.#stopping !== undefined && !resolved.graceful) this.#hurry.abort();
    this.#stopping ??= this.#stop(resolved);
    return this.#stopping;
  }

  /** See `StreamingContext.awaitSourcesEnded`. */
  async sourcesEnded(): Promise<void> {
    const { driver } = this.#deps.engine;
    if (this.#stopping === undefined && driver === undefined) {
      throw contextError('MR_CONTEXT_NOT_STARTED', 'sources end only after their start; call start() first');
    }
    // A stop ends all receivers, also ones that do not answer.
    const { stopped } = this.termination;
    await (this.#stopping === undefined ? Promise.race([driver?.sourcesEnded(), stopped]) : stopped);
  }

  /**
   * Reacts to a fatal error: the context stops at once, and `awaitTermination` rejects with the error. The first
   * error counts.
   */
  fail(error: unknown): void {
    if (this.termination.failure !== undefined || this.#state === 'STOPPED') return;
    this.termination.fail(error);
    this.#deps.log.error('the engine has failed', { error });
    this.#deps.events.publish('streaming:failed', {
      timeMs: this.#deps.clock.now(),
      error: serializeError(error),
    });
    // `stop` never rejects, and its report is logged.
    void this.stop({ graceful: false });
  }

  /** Stops the context, because text for standard output has no reader any more. */
  outputClosed(): void {
    this.#deps.log.info('the reader of standard output is gone, stopping the context');
    this.stop({}).catch((error: unknown) =>
      this.#deps.log.error('the context failed while stopping', { error }),
    );
  }

  /** Calls `remove` when the context has stopped, at once if it has; a later call replaces the function, and calls the former one. */
  whenStopped(remove: () => void): void {
    this.#removeSignalHandlers?.();
    this.#removeSignalHandlers = remove;
    if (this.#state === 'STOPPED') remove();
  }

  async #receiversStarted(driver: Driver, withinMs: number): Promise<void> {
    const { stopped } = this.termination;
    try {
      await awaitReceivers({ clock: this.#deps.clock, driver, withinMs, stopped });
    } catch (error) {
      throw await this.#startFailed(error);
    }
    if (this.#stopping !== undefined) throw await this.#startFailed(stoppedMeanwhile());
  }

  /** Ends a start whose driver stood by until the stop. */
  async #neverInCharge(): Promise<void> {
    await (this.#stopping ?? this.stop({ graceful: false }));
    const { failure } = this.termination;
    if (failure !== undefined) throw failure.error;
  }

  /** Ends a failed start. @returns the reason: the failure, or the requested stop. */
  async #startFailed(error: unknown): Promise<unknown> {
    const termination = this.termination;
    const isAskedFor = this.#stopping !== undefined && termination.failure === undefined;
    if (!isAskedFor) termination.fail(error);
    await (this.#stopping ?? this.stop({ graceful: false }));
    if (termination.failure !== undefined) return termination.failure.error;
    return isMillraceError(error, 'MR_CONTEXT_STOPPED') ? error : stoppedMeanwhile(error);
  }

  /** Serves the driver. A context of another application has no driver here, and waits without an effect. */
  async #serve(served: ExecutorRole): Promise<void> {
    if (!served.session.isFor(this.#deps.application)) return;
    this.#state = 'ACTIVE';
    await this.#deps.engine.serve(served);
  }

  async #stop({
    graceful,
    deadlineMs,
    handOver: isHandOver,
  }: ReturnType<typeof resolveStopOptions>): Promise<StopReport> {
    const patienceMs =
      deadlineMs ?? (graceful ? Math.max(10 * this.#deps.batchIntervalMs, 10_000) : HURRIED_STOP_MS);
    const deadline = this.#deps.clock.monotonicMs() + patienceMs;
    const signal = this.#hurry.signal;
    // A failure of this driver does not end the application.
    const handOver = isHandOver || this.termination.failure !== undefined;
    const options = { graceful, handOver, deadlineMs: deadline, hurry: signal };
    const report = (await this.#deps.engine.driver?.stop(options)) ?? NOTHING_LEFT;
    this.#deps.log.info('streaming stopped', { ...report });
    this.#deps.events.publish('streaming:stopped', { timeMs: this.#deps.clock.now() });
    await this.#deps.events.bus.stop(signal.aborted ? this.#deps.clock.monotonicMs() : deadline);
    this.#state = 'STOPPED';
    this.#removeSignalHandlers?.();
    this.#deps.printed.close();
    this.termination.settle();
    this.#prepareExit();
    return report;
  }

  /** Virtual time belongs to a test or a simulation, whose process lives on. */
  #prepareExit(): void {
    const clock = this.#deps.clock;
    if (!(clock instanceof SystemClock)) return;
    if (isReplaced(this.termination.failure?.error)) exitAsReplaced(process);
    reportLingeringHandles({
      log: this.#deps.log,
      afterWhileAlive: (delayMs, callback) => clock.afterWhileAlive(delayMs, callback),
    });
  }
}

function stoppedMeanwhile(cause?: unknown): Error {
  return contextError('MR_CONTEXT_STOPPED', 'the context was stopped during its start', { cause });
}

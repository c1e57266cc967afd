// The entry of a program: the streaming context and its life. Sources are in `stream-sources.ts`, the engine is in
// `context-runtime.ts`, the end for callers in `termination.ts`. Doc comments make up half of this file.
//
//   INITIALIZED ── start() ──► ACTIVE ── stop() ──► STOPPED
//        └───────────── stop() ───────────────────────┘       and no way back
//
// With a lease (the port `DriverLease`) `start()` first waits until this driver is in charge.
//
// From the call of stop() on nothing can be defined or started, also while the stop is under way.
//
// Any number of contexts may live in one process; each has an engine of its own.
import {
  Clock,
  Logger,
  isMillraceError,
  ReceivedBlockHandler,
  StreamingListener,
  SystemClock,
  type BatchTime,
  type StreamingEvents,
} from '@millrace/core';
import { serializeError, ThreadMeter, type AssembledPorts } from '@millrace/core/engine';
import { EngineGauges, type EngineReading, type ProgramNode } from '@millrace/core/observation';
import { ContextGauges } from '../gauges/context-gauges.ts';
import { engineReading } from '../gauges/engine-reading.ts';
import { NewestAmounts } from '../gauges/newest-amounts.ts';
import { programNodes } from '../gauges/program-nodes.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { EventHub } from '../listening/event-hub.ts';
import { awaitReceivers } from './await-receivers.ts';
import { checkGetOrCreate, checkListener, checkTimeout, notAContext } from './context-arguments.ts';
import { CheckpointPlace } from './checkpoint-place.ts';
import { ContextRuntime, type ExecutorRole } from './context-runtime.ts';
import type { Driver } from '../driver/driver.ts';
import { contextError } from '../driver/context-errors.ts';
import {
  assertNotAssembled,
  resolveContextOptions,
  type StandaloneContextOptions,
} from './context-options.ts';
import { assembleDefaultEngine } from './default-engine.ts';
import { HURRIED_STOP_MS } from '../driver/driver-stop.ts';
import { describeContext } from './describe-context.ts';
import type { EngineStatus } from './engine-status.ts';
import { reportLingeringHandles } from './lingering-handles.ts';
import { PrintedOutput } from './printed-output.ts';
import { exitAsReplaced, isReplaced } from './replaced-driver.ts';
import { resolveStartOptions, type StartOptions } from './start-options.ts';
import { stopOnSignals, type StopOnSignalsOptions } from './stop-on-signals.ts';
import { resolveStopOptions, type StopOptions } from './stop-options.ts';
import { NOTHING_LEFT, type StopReport } from '../driver/stop-report.ts';
import { StatusCounts } from './status-counts.ts';
import { statusOf } from './status-of.ts';
import { StreamSources } from './stream-sources.ts';
import { Termination } from './termination.ts';

/** The phase of a context's life. */
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED';

/**
 * A streaming program and the engine that runs it.
 *
 * ```ts
 * const ssc = new StreamingContext({ appName: 'words', batchIntervalMs: 1_000, plugins: [socketReceivers()] });
 * ssc.socketTextStream('localhost', 9999).flatMap((line) => line.split(' ')).countByValue().print();
 * await ssc.start();
 * ssc.stopOnSignals();
 * await ssc.awaitTermination();
 * ```
 */
export class StreamingContext extends StreamSources {
  readonly appName: string;
  readonly batchIntervalMs: number;
  /**
   * The amounts of the engine: what waits, is stored and is used now. For an observer without a plugin; plugins inject
   * the port `EngineGauges`.
   */
  readonly gauges: EngineGauges;
  readonly #assembled: AssembledPorts;
  readonly #engine: ContextRuntime;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #events: EventHub;
  readonly #checkpoints: CheckpointPlace;
  readonly #printed = new PrintedOutput(() => this.#outputClosed());
  readonly #hurry = new AbortController();
  readonly #termination: Termination;
  readonly #counts = new StatusCounts();
  readonly #amounts = new NewestAmounts();
  #state: StreamingContextState = 'INITIALIZED';
  #stopping: Promise<StopReport> | undefined;
  #removeSignalHandlers: (() => void) | undefined;

  /**
   * @param assembled The engine to run on; default: an engine assembled of `options.plugins`.
   * @throws `MR_CONFIG_INVALID_OPTION`, also for options of an assembly beside `assembled`; and the errors of
   * `assembleEngine`.
   */
  constructor(options: StandaloneContextOptions, assembled?: AssembledPorts) {
    super();
    // Wrong options are refused before anything is assembled.
    resolveContextOptions(options);
    if (assembled !== undefined) assertNotAssembled(options);
    this.appName = options.appName;
    this.batchIntervalMs = options.batchIntervalMs;
    this.#assembled = assembled ?? assembleDefaultEngine(options.plugins ?? [], options.logLevel);
    const { ports } = this.#assembled;
    const resolved = resolveContextOptions(options, stallOf(ports.get(ReceivedBlockHandler)));
    this.#checkpoints = new CheckpointPlace(ports, options.checkpointDirectory);
    this.#clock = ports.get(Clock);
    this.#termination = new Termination(this.#clock);
    this.#log = ports.get(Logger).child({ application: options.appName });
    this.#engine = new ContextRuntime({
      application: options.appName,
      batchIntervalMs: options.batchIntervalMs,
      master: options.master,
      rememberMs: options.rememberMs,
      options: resolved,
      assembled: this.#assembled,
      clock: this.#clock,
      log: this.#log,
      publish: (event, value) => {
        this.#counts.count(event, value);
        this.#amounts.note(event, value);
        this.#events.publish(event, value);
      },
      print: (text) => this.#printed.write(text),
      assertCanDefine: (what) => this.#assertCanDefine(what),
      onFatal: (error) => this.#fail(error),
    });
    this.#events = new EventHub({ clock: this.#clock, log: this.#log });
    this.gauges = this.#connectGauges();
    for (const listener of ports.getAll(StreamingListener)) this.#events.bus.add(listener);
  }

  /**
   * Makes a context with checkpoints in `directory`. `create` runs every time, whether or not there are
   * checkpoints: checkpoints hold data, never code, so the program may have changed. At its start the context
   * resumes at the end of the previous one.
   *
   * ```ts
   * const ssc = await StreamingContext.getOrCreate('./data/checkpoint', () => program());
   * await ssc.start();
   * ```
   *
   * @throws `MR_CONFIG_INVALID_OPTION` for a directory that is no path, and when the context made by `create` keeps
   * its checkpoints elsewhere; and the errors of `create`.
   */
  static async getOrCreate(
    directory: string,
    create: () => StreamingContext | Promise<StreamingContext>,
  ): Promise<StreamingContext> {
    checkGetOrCreate(directory, create);
    const context = await create();
    if (!(context instanceof StreamingContext)) throw notAContext(context);
    context.#assertCanDefine('a checkpoint directory');
    if (context.#checkpoints.directory !== directory) context.#checkpoints.keepIn(directory);
    return context;
  }

  /** The phase of the context's life. */
  get state(): StreamingContextState {
    return this.#state;
  }

  /**
   * True in the copy of the program that drives. The same script runs on every executor (`master`), where `start()`
   * serves and does not return: code after `start()` runs on the driver only, and code before can read this
   * property.
   */
  get isDriver(): boolean {
    return this.#engine.served === undefined;
  }

  /**
   * The amounts that the engine holds at this moment, by name: for tests, simulations and the search for leaks.
   * Every amount `underWay` is 0 when the engine is quiet and after a clean stop, whatever ran before; `notAtRest`
   * returns the others.
   */
  holdings(): Holdings {
    const listeners = { underWay: { 'listeners.events': this.#events.bus.waitingCount() }, kept: {} };
    return sumOfHoldings([this.#engine.holdings, listeners]);
  }

  /**
   * The state of the engine at this moment, as plain and frozen data: receivers with their last error, held batches,
   * batches behind, totals. In a copy of the program that serves as an executor, only the state is known.
   */
  status(): EngineStatus {
    const { driver } = this.#engine;
    return statusOf({
      application: this.appName,
      state: this.#statusState(),
      batchIntervalMs: this.batchIntervalMs,
      clock: this.#clock,
      driver,
      counts: this.#counts,
      failure: this.#termination.failure,
    });
  }

  /** The settings of the context and the components of the engine, as text for people. Secrets are left out. */
  describe(): string {
    return describeContext({
      appName: this.appName,
      batchIntervalMs: this.batchIntervalMs,
      executors: this.#engine.chosenExecutors,
      checkpoints: this.#checkpoints.description,
      components: this.#assembled.describe(),
    });
  }

  protected override get scope(): StreamScope {
    return this.#engine.scope;
  }

  protected override get ports(): AssembledPorts['ports'] {
    return this.#assembled.ports;
  }

  // Listening

  /** Adds a listener of all events from now on. @throws `MR_CONFIG_INVALID_OPTION`. */
  addStreamingListener(listener: StreamingListener): void {
    checkListener(listener);
    this.#events.bus.add(listener);
  }

  /** Removes a listener; its waiting events are not delivered. */
  removeStreamingListener(listener: StreamingListener): void {
    this.#events.bus.remove(listener);
  }

  /** Listens to one event. Returns a function that removes the listener. @throws `MR_CONFIG_INVALID_OPTION`. */
  on<K extends keyof StreamingEvents>(
    event: K,
    listen: (value: StreamingEvents[K]) => void | Promise<void>,
  ): () => void {
    return this.#events.on(event, listen);
  }

  // Life

  /**
   * Starts executors, receivers and batches; the first batch comes at the next multiple of the interval. In a copy
   * of the program that serves as an executor, `start` serves the driver instead, and does not return.
   *
   * `start` does not wait for receivers: a source may be away for a while. With `awaitReceivers` it resolves when every
   * receiver has started, which for a server means that it listens.
   *
   * With several drivers of one application (the port `DriverLease`) `start` waits for as long as another driver is in
   * charge. A driver that is stopped while it stands by, or whose application is stopped meanwhile, has not failed:
   * `start` resolves, the context is STOPPED, and `awaitTermination` resolves.
   *
   * @throws `MR_CONTEXT_ALREADY_STARTED`; `MR_CONTEXT_STOPPED` once `stop` was called, before the start or while components start;
   * `MR_GRAPH_…` for an invalid program, `MR_CONTEXT_ONE_HOST_ONLY` and `MR_CONFIG_INVALID_OPTION`, with the context unchanged; the error of a
   * component that could not start, or `MR_CONTEXT_RECEIVERS_NOT_READY`, with the context STOPPED.
   */
  async start(options: StartOptions = {}): Promise<void> {
    const { awaitReceivers: withinMs } = resolveStartOptions(options);
    if (this.#stopping !== undefined) {
      const when = this.#state === 'STOPPED' ? 'has been stopped' : 'is being stopped';
      throw contextError('MR_CONTEXT_STOPPED', `the context ${when}; make a new one`);
    }
    if (this.#engine.driver !== undefined || this.#state === 'ACTIVE') {
      throw contextError('MR_CONTEXT_ALREADY_STARTED', 'the context has been started already');
    }
    const { graph, served } = this.#engine;
    graph.validate();
    if (served !== undefined) return this.#serve(served);
    this.#engine.assertReachedFromEveryHost(this.#checkpoints.directory);
    const driver = this.#engine.createDriver(this.#checkpoints.directory);
    let isInCharge: boolean;
    try {
      isInCharge = await driver.start();
    } catch (error) {
      throw await this.#startFailed(error);
    }
    if (!isInCharge) return this.#neverInCharge();
    if (this.#stopping !== undefined) throw await this.#startFailed(stoppedMeanwhile());
    this.#state = 'ACTIVE';
    this.#log.info('streaming started', { batchIntervalMs: this.batchIntervalMs });
    this.#events.publish('streaming:started', { timeMs: this.#clock.now() });
    if (withinMs !== undefined) await this.#receiversStarted(driver, withinMs);
  }

  /**
   * Stops the context, and reports the remains. A stop never fails and ends by its deadline (STP-1). A second call
   * returns the same report; a second call with `graceful: false` makes a running graceful stop end at once. A
   * function of an output operation may call `stop` but must not wait for the result: the function would wait for
   * itself, until the deadline.
   *
   * @throws `MR_CONFIG_INVALID_OPTION` for wrong options; nothing is stopped then.
   */
  stop(options: StopOptions = {}): Promise<StopReport> {
    let resolved: ReturnType<typeof resolveStopOptions>;
    try {
      resolved = resolveStopOptions(options);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#events.bus.doNotWaitForCaller();
    if (this.#stopping !== undefined && !resolved.graceful) this.#hurry.abort();
    this.#stopping ??= this.#stop(resolved);
    return this.#stopping;
  }

  /**
   * Waits until the context has stopped.
   *
   * @throws the error that stopped the context, if any: `MR_BATCH_FAILED`, or an error of disposition `stop-engine`
   * of a port (log, checkpoints, block handler, executors, a failing receiver, the lease), which is never retried. After
   * `MR_LEASE_LOST`, `MR_WAL_FENCED` and `MR_CHECKPOINT_FENCED`, another driver goes on, and the process ends with exit
   * code 75 in place of 1, so that a supervisor can start the program again to stand by.
   */
  awaitTermination(): Promise<void> {
    return this.#termination.terminated;
  }

  /**
   * Waits until the context has stopped: true; or until the time is over: false.
   *
   * @throws as `awaitTermination`, and `MR_CONFIG_INVALID_OPTION`.
   */
  async awaitTerminationOrTimeout(timeoutMs: number): Promise<boolean> {
    checkTimeout(timeoutMs);
    return this.#termination.terminatedWithin(timeoutMs);
  }

  /**
   * Waits until every receiver has ended for good, as receivers of bounded sources do; resolves at once without
   * receivers. Stored records may still wait for their batch: a graceful stop processes them. Ends with a stop at
   * the latest.
   *
   * @throws `MR_CONTEXT_NOT_STARTED`.
   */
  async awaitSourcesEnded(): Promise<void> {
    const { driver } = this.#engine;
    if (this.#stopping === undefined && driver === undefined) {
      throw contextError('MR_CONTEXT_NOT_STARTED', 'sources end only after their start; call start() first');
    }
    // A stop ends all receivers, also ones that do not answer.
    const { stopped } = this.#termination;
    await (this.#stopping === undefined ? Promise.race([driver?.sourcesEnded(), stopped]) : stopped);
  }

  /**
   * The batches that are held after a failure, oldest first; see `onBatchFailure: 'hold'`. With `concurrentJobs`
   * above 1 there may be several.
   */
  get heldBatches(): readonly BatchTime[] {
    return this.#engine.driver?.heldBatches ?? [];
  }

  /**
   * Runs a held batch again: the one at `batchTime`, or the oldest. Other held batches stay held until they are
   * retried as well. Resolves when a job of the batch has started; the outcome of the batch is in `batch:completed`
   * and in the log.
   *
   * @throws `MR_BATCH_NOT_HELD`, `MR_BATCH_HALTED`, `MR_CONTEXT_NOT_STARTED`, and the errors of making the jobs of
   * the batch: the batch is then still held.
   */
  async retryHeldBatch(batchTime?: BatchTime): Promise<void> {
    const { driver } = this.#engine;
    if (driver === undefined) {
      throw contextError('MR_CONTEXT_NOT_STARTED', 'no batch is held before the context is started');
    }
    await driver.retryHeldBatch(batchTime);
  }

  /**
   * Stops gracefully at the first SIGINT or SIGTERM, and at once at the second.
   *
   * @throws `MR_CONFIG_INVALID_OPTION`.
   */
  stopOnSignals(options: StopOnSignalsOptions = {}): void {
    const remove = stopOnSignals({ context: this, log: this.#log }, options);
    this.#removeSignalHandlers?.();
    this.#removeSignalHandlers = remove;
    if (this.#state === 'STOPPED') remove();
  }

  /** Plugins get the object that the engine has bound, and the context the same one. */
  #connectGauges(): EngineGauges {
    const { ports } = this.#assembled;
    const bound = ports.has(EngineGauges) ? ports.get(EngineGauges) : undefined;
    const gauges = bound instanceof ContextGauges ? bound : new ContextGauges();
    gauges.connect({ clock: this.#clock, read: () => this.#read(), program: () => this.#programNodes() });
    return gauges;
  }

  #read(): EngineReading | undefined {
    if (!this.isDriver) return undefined;
    const { driver } = this.#engine;
    // Asked first: all other amounts are then of one moment, also when a question ends something.
    const executors = this.#engine.readExecutors();
    return engineReading({
      application: this.appName,
      state: this.#statusState(),
      batchIntervalMs: this.batchIntervalMs,
      clock: this.#clock,
      driver,
      executors,
      spansHosts: this.#engine.spansHosts,
      thread: this.#assembled.ports.get(ThreadMeter).read(),
      graph: this.#engine.graph,
      amounts: this.#amounts,
      droppedEvents: this.#events.bus.droppedCount(),
    });
  }

  #programNodes(): readonly ProgramNode[] | undefined {
    return this.#engine.driver === undefined ? undefined : programNodes(this.#engine.graph);
  }

  #statusState(): EngineStatus['state'] {
    if (this.#state === 'STOPPED') return 'stopped';
    if (this.#stopping !== undefined) return 'stopping';
    if (this.#state === 'ACTIVE') return 'active';
    const { driver } = this.#engine;
    if (driver === undefined) return 'initialized';
    return driver.isStandingBy ? 'standby' : 'starting';
  }

  async #receiversStarted(driver: Driver, withinMs: number): Promise<void> {
    const { stopped } = this.#termination;
    try {
      await awaitReceivers({ clock: this.#clock, driver, withinMs, stopped });
    } catch (error) {
      throw await this.#startFailed(error);
    }
    if (this.#stopping !== undefined) throw await this.#startFailed(stoppedMeanwhile());
  }

  /** Ends a start whose driver stood by until the stop. */
  async #neverInCharge(): Promise<void> {
    await (this.#stopping ?? this.stop({ graceful: false }));
    const { failure } = this.#termination;
    if (failure !== undefined) throw failure.error;
  }

  /** Ends a failed start. @returns the reason: the failure, or the requested stop. */
  async #startFailed(error: unknown): Promise<unknown> {
    const termination = this.#termination;
    const isAskedFor = this.#stopping !== undefined && termination.failure === undefined;
    if (!isAskedFor) termination.fail(error);
    await (this.#stopping ?? this.stop({ graceful: false }));
    if (termination.failure !== undefined) return termination.failure.error;
    return isMillraceError(error, 'MR_CONTEXT_STOPPED') ? error : stoppedMeanwhile(error);
  }

  /** Serves the driver. A context of another application has no driver here, and waits without an effect. */
  async #serve(served: ExecutorRole): Promise<void> {
    if (!served.session.isFor(this.appName)) return;
    this.#state = 'ACTIVE';
    await this.#engine.serve(served);
  }

  async #stop({
    graceful,
    deadlineMs,
    handOver: isHandOver,
  }: ReturnType<typeof resolveStopOptions>): Promise<StopReport> {
    const patienceMs =
      deadlineMs ?? (graceful ? Math.max(10 * this.batchIntervalMs, 10_000) : HURRIED_STOP_MS);
    const deadline = this.#clock.monotonicMs() + patienceMs;
    const signal = this.#hurry.signal;
    // A failure of this driver does not end the application.
    const handOver = isHandOver || this.#termination.failure !== undefined;
    const options = { graceful, handOver, deadlineMs: deadline, hurry: signal };
    const report = (await this.#engine.driver?.stop(options)) ?? NOTHING_LEFT;
    this.#log.info('streaming stopped', { ...report });
    this.#events.publish('streaming:stopped', { timeMs: this.#clock.now() });
    await this.#events.bus.stop(signal.aborted ? this.#clock.monotonicMs() : deadline);
    this.#state = 'STOPPED';
    this.#removeSignalHandlers?.();
    this.#printed.close();
    this.#termination.settle();
    this.#prepareExit();
    return report;
  }

  /** Virtual time belongs to a test or a simulation, whose process lives on. */
  #prepareExit(): void {
    const clock = this.#clock;
    if (!(clock instanceof SystemClock)) return;
    if (isReplaced(this.#termination.failure?.error)) exitAsReplaced(process);
    reportLingeringHandles({
      log: this.#log,
      afterWhileAlive: (delayMs, callback) => clock.afterWhileAlive(delayMs, callback),
    });
  }

  /**
   * Reacts to a fatal error: the context stops at once, and `awaitTermination` rejects with the error. The first
   * error counts.
   */
  #fail(error: unknown): void {
    if (this.#termination.failure !== undefined || this.#state === 'STOPPED') return;
    this.#termination.fail(error);
    this.#log.error('the engine has failed', { error });
    this.#events.publish('streaming:failed', { timeMs: this.#clock.now(), error: serializeError(error) });
    // `stop` never rejects, and its report is logged.
    void this.stop({ graceful: false });
  }

  #outputClosed(): void {
    this.#log.info('the reader of standard output is gone, stopping the context');
    this.stop().catch((error: unknown) => this.#log.error('the context failed while stopping', { error }));
  }

  #assertCanDefine(what: string): void {
    const isStopped = this.#stopping !== undefined;
    if (this.#engine.driver === undefined && this.#state === 'INITIALIZED' && !isStopped) return;
    throw contextError(
      'MR_CONTEXT_ADD_AFTER_START',
      `${what} must be defined before start(), but the context is ${isStopped ? 'stopped' : 'started'}`,
      { details: { what, state: this.#state } },
    );
  }
}

/** A handler is code of a plugin: anything but a positive time counts as no stall. */
function stallOf({ stallMs = 0 }: ReceivedBlockHandler): number {
  return Number.isFinite(stallMs) && stallMs > 0 ? stallMs : 0;
}

function stoppedMeanwhile(cause?: unknown): Error {
  return contextError('MR_CONTEXT_STOPPED', 'the context was stopped during its start', { cause });
}

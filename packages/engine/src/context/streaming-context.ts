// The entry of a program: the streaming context. Sources are in `stream-sources.ts`, the phases from the start to the stop in
// `context-life.ts`, the engine is in `context-runtime.ts`. Doc comments make up more than half of this file.
//
// Any number of contexts may live in one process; each has an engine of its own.
import {
  Clock,
  Logger,
  ReceivedBlockHandler,
  StreamingListener,
  type BatchTime,
  type StreamingEvents,
} from '@millrace/core';
import { ThreadMeter, type AssembledPorts } from '@millrace/core/engine';
import { EngineGauges, type EngineReading, type ProgramNode } from '@millrace/core/observation';
import { ContextGauges } from '../gauges/context-gauges.ts';
import { engineReading } from '../gauges/engine-reading.ts';
import { NewestAmounts } from '../gauges/newest-amounts.ts';
import { programNodes } from '../gauges/program-nodes.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { EventHub } from '../listening/event-hub.ts';
import { checkGetOrCreate, checkListener, checkTimeout, notAContext } from './context-arguments.ts';
import { CheckpointPlace } from './checkpoint-place.ts';
import { ContextLife, type StreamingContextState } from './context-life.ts';
import { ContextRuntime } from './context-runtime.ts';
import { contextError } from '../driver/context-errors.ts';
import {
  assertNotAssembled,
  resolveContextOptions,
  type StandaloneContextOptions,
} from './context-options.ts';
import { assembleDefaultEngine } from './default-engine.ts';
import { describeContext } from './describe-context.ts';
import type { EngineStatus } from './engine-status.ts';
import { PrintedOutput } from './printed-output.ts';
import type { StartOptions } from './start-options.ts';
import { stopOnSignals, type StopOnSignalsOptions } from './stop-on-signals.ts';
import type { StopOptions } from './stop-options.ts';
import type { StopReport } from '../driver/stop-report.ts';
import { StatusCounts } from './status-counts.ts';
import { statusOf } from './status-of.ts';
import { StreamSources } from './stream-sources.ts';

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
  readonly #printed = new PrintedOutput(() => this.#life.outputClosed());
  readonly #life: ContextLife;
  readonly #counts = new StatusCounts();
  readonly #amounts = new NewestAmounts();

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
      assertCanDefine: (what) => this.#life.assertCanDefine(what),
      onFatal: (error) => this.#life.fail(error),
    });
    this.#events = new EventHub({ clock: this.#clock, log: this.#log });
    this.#life = new ContextLife({
      application: options.appName,
      batchIntervalMs: options.batchIntervalMs,
      clock: this.#clock,
      log: this.#log,
      engine: this.#engine,
      events: this.#events,
      checkpoints: this.#checkpoints,
      printed: this.#printed,
    });
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
    context.#life.assertCanDefine('a checkpoint directory');
    if (context.#checkpoints.directory !== directory) context.#checkpoints.keepIn(directory);
    return context;
  }

  /** The phase of the context's life. */
  get state(): StreamingContextState {
    return this.#life.state;
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
      state: this.#life.status,
      batchIntervalMs: this.batchIntervalMs,
      clock: this.#clock,
      driver,
      counts: this.#counts,
      failure: this.#life.termination.failure,
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
    return this.#life.start(options);
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
    return this.#life.stop(options);
  }

  /**
   * Waits until the context has stopped.
   *
   * @throws the error that stopped the context, if any: `MR_BATCH_FAILED`, or an error of disposition `stop-engine`
   * of a port (log, checkpoints, block handler, executors, a failing receiver, the lease), which is never retried. After
   * `MR_LEASE_LOST`, `MR_WAL_FENCED`, `MR_CHECKPOINT_FENCED` and `MR_REMOTE_STALE_DRIVER`, another driver goes on, and the
   * process ends with exit code 75 in place of 1, so that a supervisor can start the program again to stand by.
   */
  awaitTermination(): Promise<void> {
    return this.#life.termination.terminated;
  }

  /**
   * Waits until the context has stopped: true; or until the time is over: false.
   *
   * @throws as `awaitTermination`, and `MR_CONFIG_INVALID_OPTION`.
   */
  async awaitTerminationOrTimeout(timeoutMs: number): Promise<boolean> {
    checkTimeout(timeoutMs);
    return this.#life.termination.terminatedWithin(timeoutMs);
  }

  /**
   * Waits until every receiver has ended for good, as receivers of bounded sources do; resolves at once without
   * receivers. Stored records may still wait for their batch: a graceful stop processes them. Ends with a stop at
   * the latest.
   *
   * @throws `MR_CONTEXT_NOT_STARTED`.
   */
  async awaitSourcesEnded(): Promise<void> {
    return this.#life.sourcesEnded();
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
    this.#life.whenStopped(stopOnSignals({ context: this, log: this.#log }, options));
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
      state: this.#life.status,
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
}

/** A handler is code of a plugin: anything but a positive time counts as no stall. */
function stallOf({ stallMs = 0 }: ReceivedBlockHandler): number {
  return Number.isFinite(stallMs) && stallMs > 0 ? stallMs : 0;
}

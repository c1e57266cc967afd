// The entry of a program: holds the graph, starts and stops the engine. Its sources are in `stream-sources.ts`.
//
//   INITIALIZED ── start() ──► ACTIVE ── stop() ──► STOPPED
//        └───────────── stop() ───────────────────────┘       and no way back
//
// Any number of contexts may live in one process; each has an engine of its own.
import {
  CheckpointStore,
  Clock,
  Codec,
  ExecutorBackend,
  Logger,
  ProgramSite,
  Storage,
  StreamingListener,
  type AssembledEngine,
  type ConfiguredReceiver,
  type ExecutorSeat,
  type StreamId,
  type StreamingEvents,
} from '@millrace/core';
import { DStreamGraph, ReceiverInputDStream, type StreamScope } from '../dstream/index.ts';
import { DiagnosticsChannels, ListenerBus } from '../listening/index.ts';
import { RddEnvironment, RddJobRunner } from '../rdd/index.ts';
import { InputInfoTracker } from '../tracking/index.ts';
import { assembleDefaultEngine } from './default-engine.ts';
import { contextError } from './context-errors.ts';
import {
  resolveContextOptions,
  type ResolvedContextOptions,
  type StandaloneContextOptions,
} from './context-options.ts';
import { Driver } from './driver.ts';
import type { ReceiverEntry } from './driver-setup.ts';
import { HURRIED_STOP_MS } from './driver-stop.ts';
import { localExecutors } from './local-executors.ts';
import { assertCanScale } from './executor-allocation.ts';
import { Placement } from './placement.ts';
import { chooseExecutors, type ChosenExecutors } from './master.ts';
import { programExecutor } from './program-executor.ts';
import { ProgramOnExecutor } from './program-on-executor.ts';
import { remoteExecution } from './remote-execution.ts';
import { stopOnSignals, type StopOnSignalsOptions } from './stop-on-signals.ts';
import type { StopReport } from './stop-report.ts';
import { StreamSources } from './stream-sources.ts';
import { TaskInputs } from './task-inputs.ts';

/** Where a context is in its life. */
export type StreamingContextState = 'INITIALIZED' | 'ACTIVE' | 'STOPPED';

/** How to stop a context. */
export interface StopOptions {
  /**
   * True: receivers stop first, what they stored is pushed, every block gets a batch, every batch completes. False:
   * everything ends where it is. Default true.
   */
  readonly graceful?: boolean;
  /**
   * By when the stop ends at the latest, in milliseconds from the call. Default 10 batch intervals, at least 10 s, when
   * graceful; else 2 s.
   */
  readonly deadlineMs?: number;
}

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
  readonly #options: ResolvedContextOptions;
  readonly #assembled: AssembledEngine;
  readonly #executors: ChosenExecutors;
  /** Present in a copy of the program that serves as an executor. */
  readonly #seat: ExecutorSeat | undefined;
  readonly #served: ProgramOnExecutor | undefined;
  readonly #taskInputs: TaskInputs;
  readonly #placement: Placement;
  #jobRunner: RddJobRunner | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #bus: ListenerBus;
  readonly #channels = new DiagnosticsChannels();
  readonly #inputInfo = new InputInfoTracker();
  readonly #graph: DStreamGraph;
  readonly #scope: StreamScope;
  readonly #hurry = new AbortController();
  readonly #terminated = Promise.withResolvers<void>();
  #state: StreamingContextState = 'INITIALIZED';
  #checkpointDirectory: string | undefined;
  #driver: Driver | undefined;
  #stopping: Promise<StopReport> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #streams = 0;
  #removeSignalHandlers: (() => void) | undefined;

  /**
   * @param assembled The engine to run on; default: one assembled of `options.plugins`.
   * @throws `MR_CONTEXT_INVALID_OPTION`, `MR_BATCH_INVALID_OPTION`, `MR_CONFIG_INVALID_OPTION`, and what
   * `assembleEngine` throws.
   */
  constructor(options: StandaloneContextOptions, assembled?: AssembledEngine) {
    super();
    this.#options = resolveContextOptions(options);
    this.appName = options.appName;
    this.batchIntervalMs = options.batchIntervalMs;
    this.#assembled = assembled ?? assembleDefaultEngine(options.plugins ?? []);
    if (options.checkpointDirectory !== undefined) this.#keepCheckpointsIn(options.checkpointDirectory);
    const { ports } = this.#assembled;
    this.#seat = ports.get(ProgramSite).executor;
    this.#executors = chooseExecutors(this.#seat ? undefined : options.master, ports.get(ExecutorBackend));
    if (this.#seat === undefined && this.#options.executorAllocation !== undefined) {
      assertCanScale(this.#executors.backend);
    }
    this.#placement = new Placement(this.#executors.backend, () => this.#jobRunner?.executorsChanged());
    this.#clock = ports.get(Clock);
    this.#log = ports.get(Logger).child({ application: options.appName });
    this.#bus = new ListenerBus({ clock: this.#clock, log: this.#log });
    for (const listener of ports.getAll(StreamingListener)) this.#bus.add(listener);
    const environment = this.#createEnvironment();
    this.#graph = new DStreamGraph({ environment, log: this.#log });
    if (options.rememberMs !== undefined) this.#graph.remember(options.rememberMs);
    this.#taskInputs = new TaskInputs({
      graph: this.#graph,
      batchIntervalMs: options.batchIntervalMs,
      blocksOf: (batchTime) => this.#driver?.inputOfBatch(batchTime),
    });
    this.#served = this.#seat && new ProgramOnExecutor(this.#graph, environment);
    this.#scope = this.#createScope(environment);
    // Nobody has to await termination: a failure is logged, and told by `stop` reports and events as well.
    this.#terminated.promise.catch(() => undefined);
  }

  /**
   * Makes a context that keeps its checkpoints in `directory`. `create` is run every time, whether there are checkpoints
   * or not: they hold data, never code, so the program may have changed. When the context starts, it goes on where the
   * one before it ended.
   *
   * ```ts
   * const ssc = await StreamingContext.getOrCreate('./data/checkpoint', () => program());
   * await ssc.start();
   * ```
   *
   * @throws `MR_CONTEXT_INVALID_OPTION` when the context that `create` makes keeps its checkpoints elsewhere, and what
   * `create` throws.
   */
  static async getOrCreate(
    directory: string,
    create: () => StreamingContext | Promise<StreamingContext>,
  ): Promise<StreamingContext> {
    const context = await create();
    context.#assertCanDefine('a checkpoint directory');
    if (context.#checkpointDirectory !== directory) context.#keepCheckpointsIn(directory);
    return context;
  }

  /** Where the context is in its life. */
  get state(): StreamingContextState {
    return this.#state;
  }

  /**
   * Whether this copy of the program drives. The same script runs on every executor (`master`), where `start()` serves
   * and does not return: what comes after it is the driver's alone, and what comes before it can ask here.
   */
  get isDriver(): boolean {
    return this.#seat === undefined;
  }

  /** What the engine is made of, for people. */
  describe(): string {
    return this.#assembled.describe();
  }

  protected override get scope(): StreamScope {
    return this.#scope;
  }

  protected override get ports(): AssembledEngine['ports'] {
    return this.#assembled.ports;
  }

  // Listening

  /** Adds a listener of all events; it gets what happens from now on. */
  addStreamingListener(listener: StreamingListener): void {
    this.#bus.add(listener);
  }

  /** Removes a listener; what waits for it is not delivered. */
  removeStreamingListener(listener: StreamingListener): void {
    this.#bus.remove(listener);
  }

  /** Listens to one event. Returns a function that ends it. */
  on<K extends keyof StreamingEvents>(
    event: K,
    listen: (value: StreamingEvents[K]) => void | Promise<void>,
  ): () => void {
    const listener: StreamingListener = {
      // The bus tells name and content together; that the names are equal makes the content the right one.
      onEvent: (name, value) =>
        (name as string) === event ? listen(value as unknown as StreamingEvents[K]) : undefined,
    };
    this.#bus.add(listener);
    return () => this.#bus.remove(listener);
  }

  // Life

  /**
   * Starts executors, receivers and batches; the first batch comes at the next multiple of the interval. In a copy of
   * the program that serves as an executor it serves instead, and does not return.
   *
   * @throws `MR_CONTEXT_ALREADY_STARTED`, `MR_CONTEXT_STOPPED`; `MR_GRAPH_…` for a program that makes no sense, the
   * context then being as it was; or whatever kept a part from starting, the context then being STOPPED.
   */
  async start(): Promise<void> {
    if (this.#state === 'STOPPED') {
      throw contextError('MR_CONTEXT_STOPPED', 'the context has been stopped; make a new one');
    }
    if (this.#driver !== undefined) {
      throw contextError('MR_CONTEXT_ALREADY_STARTED', 'the context has been started already');
    }
    this.#graph.validate();
    if (this.#seat !== undefined && this.#served !== undefined) return this.#serve(this.#seat, this.#served);
    const driver = this.#createDriver();
    this.#driver = driver;
    try {
      await driver.start();
    } catch (error) {
      this.#failure ??= { error };
      await this.stop({ graceful: false });
      throw error;
    }
    this.#state = 'ACTIVE';
    this.#log.info('streaming started', { batchIntervalMs: this.batchIntervalMs });
    this.#publish('streaming:started', { timeMs: this.#clock.now() });
  }

  /**
   * Stops the context, and tells what was left behind. Never rejects and ends by its deadline (STP-1). Called again it
   * gives the same account; called again with `graceful: false` it makes a graceful stop under way end at once. A
   * function of an output operation may call it but must not wait for it: it would wait for itself, until the deadline.
   */
  stop(options: StopOptions = {}): Promise<StopReport> {
    const { graceful = true } = options;
    this.#bus.doNotWaitForCaller();
    if (this.#stopping !== undefined && !graceful) this.#hurry.abort();
    this.#stopping ??= this.#stop({ ...options, graceful });
    return this.#stopping;
  }

  /**
   * Waits until the context has stopped.
   *
   * @throws the error that stopped it, if one did.
   */
  awaitTermination(): Promise<void> {
    return this.#terminated.promise;
  }

  /** Waits until the context has stopped: true; or for so long: false. Throws as `awaitTermination`. */
  async awaitTerminationOrTimeout(timeoutMs: number): Promise<boolean> {
    const timeout = Promise.withResolvers<boolean>();
    const timer = this.#clock.schedule(this.#clock.now() + timeoutMs, () => timeout.resolve(false));
    try {
      return await Promise.race([this.#terminated.promise.then(() => true), timeout.promise]);
    } finally {
      timer.cancel();
    }
  }

  /**
   * Waits until every receiver has ended for good, which those of bounded sources do; at once when there is none. What
   * they stored may still be waiting for its batch: a graceful stop processes it.
   *
   * @throws `MR_CONTEXT_NOT_STARTED`.
   */
  async awaitSourcesEnded(): Promise<void> {
    if (this.#driver === undefined) {
      throw contextError('MR_CONTEXT_NOT_STARTED', 'sources end after they have begun; call start() first');
    }
    await this.#driver.sourcesEnded();
  }

  /**
   * Runs the batch that is held after a failure again; see `onBatchFailure: 'hold'`.
   *
   * @throws `MR_BATCH_NOT_HELD`, `MR_CONTEXT_NOT_STARTED`.
   */
  async retryHeldBatch(): Promise<void> {
    if (this.#driver === undefined) {
      throw contextError('MR_CONTEXT_NOT_STARTED', 'no batch is held before the context is started');
    }
    await this.#driver.retryHeldBatch();
  }

  /** Stops gracefully at the first SIGINT or SIGTERM, and at once at the second. */
  stopOnSignals(options: StopOnSignalsOptions = {}): void {
    this.#removeSignalHandlers?.();
    this.#removeSignalHandlers = this.#state === 'STOPPED' ? undefined : stopOnSignals(this, options);
  }

  /** Serves the driver. A context of another application has no driver here: it waits for nothing and does nothing. */
  async #serve(seat: ExecutorSeat, program: ProgramOnExecutor): Promise<void> {
    if (!seat.isFor(this.appName)) return;
    this.#state = 'ACTIVE';
    await this.#assembled.open();
    await seat.serve({
      application: this.appName,
      fingerprint: this.#graph.fingerprint(),
      shape: this.#graph.shape(),
      close: () => this.#assembled.close(),
      createExecutor: (identity) =>
        programExecutor(
          {
            ports: this.#assembled.ports,
            environment: this.#scope.environment,
            program,
            receiverOf: (streamId) => this.#receiverOf(streamId),
            receivingOptions: this.#options.receiving,
          },
          identity,
        ),
    });
  }

  async #stop({ graceful, deadlineMs }: StopOptions & { graceful: boolean }): Promise<StopReport> {
    const patienceMs =
      deadlineMs ?? (graceful ? Math.max(10 * this.batchIntervalMs, 10_000) : HURRIED_STOP_MS);
    const deadline = this.#clock.now() + patienceMs;
    const signal = this.#hurry.signal;
    const report =
      (await this.#driver?.stop({ graceful, deadlineMs: deadline, hurry: signal })) ?? NOTHING_LEFT;
    this.#log.info('streaming stopped', { ...report });
    this.#publish('streaming:stopped', { timeMs: this.#clock.now() });
    await this.#bus.stop(signal.aborted ? this.#clock.now() : deadline);
    this.#state = 'STOPPED';
    this.#removeSignalHandlers?.();
    if (this.#failure === undefined) this.#terminated.resolve();
    else this.#terminated.reject(this.#failure.error);
    return report;
  }

  /** The engine cannot go on: it stops at once, and whoever awaits termination learns why. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#log.error('the engine cannot go on', { error });
    // `stop` never rejects, and its report is logged.
    void this.stop({ graceful: false });
  }

  #publish<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    this.#bus.post(event, value);
    this.#channels.post(event, value);
  }

  #keepCheckpointsIn(directory: string): void {
    const isBound = this.#assembled.ports.has(CheckpointStore);
    const elsewhere = isBound ? 'the checkpoint store of a plugin' : this.#checkpointDirectory;
    if (elsewhere === undefined) {
      this.#checkpointDirectory = directory;
      return;
    }
    throw contextError(
      'MR_CONTEXT_INVALID_OPTION',
      `checkpointDirectory must be the one place of checkpoints, but there are ${directory} and ${elsewhere}; give one of them`,
      { details: { option: 'checkpointDirectory', value: directory } },
    );
  }

  #createEnvironment(): RddEnvironment {
    const { ports } = this.#assembled;
    const { defaultParallelism, tasks } = this.#options;
    if (this.#seat !== undefined) return new RddEnvironment({ defaultParallelism });
    const { backend } = this.#executors;
    const epochOf = () => this.#driver?.epoch ?? 0;
    const remote = remoteExecution({
      ports,
      environment: () => this.#scope.environment,
      inputs: () => this.#taskInputs,
      tasks,
      receiverOf: (streamId) => this.#receiverOf(streamId),
    });
    const jobRunner = new RddJobRunner({
      backend,
      placeable: () => this.#placement.executors(),
      ...(backend.isRemote === true ? { remote } : {}),
      get epoch() {
        return epochOf();
      },
      // Executors of this process share the graph, which knows the inputs of every batch.
      inputsFor: () => [],
    });
    this.#jobRunner = jobRunner;
    return new RddEnvironment({ defaultParallelism, jobRunner, maxTaskFailures: tasks.maxFailures });
  }

  #createScope(environment: RddEnvironment): StreamScope {
    return {
      graph: this.#graph,
      environment,
      application: this.appName,
      place:
        this.#seat === undefined
          ? this.#executors.backend.isRemote === true
            ? 'driver'
            : 'shared'
          : 'executor',
      batchIntervalMs: this.batchIntervalMs,
      clock: this.#clock,
      storage: this.#assembled.ports.get(Storage),
      codec: this.#assembled.ports.get(Codec),
      log: this.#log,
      inputInfo: this.#inputInfo,
      publish: (event, value) => this.#publish(event, value),
      assertCanDefine: (what) => this.#assertCanDefine(what),
      nextStreamId: () => this.#streams++,
      blocksOfBatch: (batchTime, streamId) =>
        (this.#driver ?? this.#served)?.blocksOfBatch(batchTime, streamId) ?? [],
    };
  }

  #receivers(): readonly ReceiverEntry[] {
    return this.#graph.inputs.flatMap((input) =>
      input instanceof ReceiverInputDStream ? [{ streamId: input.streamId, receiver: input.receiver }] : [],
    );
  }

  #receiverOf(streamId: StreamId): ConfiguredReceiver<unknown> | undefined {
    return this.#receivers().find((entry) => entry.streamId === streamId)?.receiver;
  }

  #createDriver(): Driver {
    const receivers = this.#receivers();
    return new Driver({
      assembled: this.#assembled,
      executors: this.#executors,
      placement: this.#placement,
      jobRunner: this.#jobRunner,
      executorAllocation: this.#options.executorAllocation,
      onExecutorsChanged: (lost) => {
        if (lost !== undefined) this.#taskInputs.executorLost(lost);
        this.#jobRunner?.executorsChanged();
      },
      onDone: (doneUpTo) => this.#taskInputs.forget(doneUpTo),
      graph: this.#graph,
      receivers,
      inputInfo: this.#inputInfo,
      identity: { application: this.appName, batchIntervalMs: this.batchIntervalMs },
      checkpointDirectory: this.#checkpointDirectory,
      checkpointsKept: this.#options.checkpointsKept,
      allowDroppedState: this.#options.allowDroppedState,
      batchOptions: this.#options.batches,
      trackingOptions: this.#options.tracking,
      receivingOptions: this.#options.receiving,
      backPressure: this.#options.backPressure,
      publish: (event, value) => this.#publish(event, value),
      createExecutor: localExecutors({
        ports: this.#assembled.ports,
        environment: this.#scope.environment,
        receiverOf: (streamId) => this.#receiverOf(streamId),
        receivingOptions: this.#options.receiving,
      }),
      onFatal: (error) => this.#fail(error),
    });
  }

  #assertCanDefine(what: string): void {
    if (this.#driver === undefined && this.#state === 'INITIALIZED') return;
    throw contextError(
      'MR_CONTEXT_ADD_AFTER_START',
      `${what} must be defined before start(), but the context is ${this.#state === 'STOPPED' ? 'stopped' : 'started'}`,
      { details: { what, state: this.#state } },
    );
  }
}

/** The account of stopping what never ran. */
const NOTHING_LEFT: StopReport = Object.freeze({
  graceful: true,
  isClean: true,
  durationMs: 0,
  receivers: [],
  unallocatedRecords: 0,
  pendingBatches: [],
  batchesNotMade: 0,
  errors: [],
});

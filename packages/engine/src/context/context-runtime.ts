// The engine of one streaming context: the graph of the program, connected with the ports, the executors and the
// driver. The context decides about start and stop; this file composes the components, which differ between the
// copies of a program.
//
//   driver, executors in this process    one graph; tasks run in it right here
//   driver, executors with a copy each   the graph makes batches; tasks go out with their inputs
//   executor                             the graph serves tasks of the driver; nobody makes batches
import {
  Codec,
  ExecutorBackend,
  ProcessRole,
  RandomSource,
  Storage,
  type Clock,
  type ConfiguredReceiver,
  type ExecutorId,
  type Logger,
  type StreamId,
} from '@millrace/core';
import type { AssembledPorts, ExecutorSession } from '@millrace/core/engine';
import type { ExecutorReading } from '@millrace/core/observation';
import { DStreamGraph } from '../graph/dstream-graph.ts';
import { ReceiverInputDStream } from '../dstream/receiver-input-dstream.ts';
import type { StreamScope } from '../graph/stream-scope.ts';
import type { ExecutorRuntime } from '../executor/executor-runtime.ts';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import type { PublishEvent } from '../listening/publish-event.ts';
import { RddEnvironment } from '../rdd/rdd-environment.ts';
import { RecordErrorLedger } from '../record-errors/record-error-ledger.ts';
import { DagScheduler } from '../jobs/dag-scheduler.ts';
import { InputInfoTracker } from '../tracking/input-info-tracker.ts';
import type { ResolvedContextOptions } from './context-options.ts';
import type { DriverDeps, ProgramReceiver } from '../driver/driver-deps.ts';
import { Driver } from '../driver/driver.ts';
import { DriverCharge } from '../driver/driver-charge.ts';
import { assertCanScale } from '../driver/executor-allocation.ts';
import { localExecutors } from '../executor/local-executors.ts';
import type { ChosenExecutors } from '../driver/chosen-executors.ts';
import { ExecutorReadings } from '../gauges/executor-readings.ts';
import { chooseExecutors, type Master } from './master.ts';
import { assertReachedFromEveryHost } from './reached-places.ts';
import { Placement } from '../driver/placement.ts';
import { programExecutor } from '../executor/program-executor.ts';
import { ProgramOnExecutor } from '../executor/program-on-executor.ts';
import { createRemoteExecution } from '../driver/create-remote-execution.ts';
import { TaskInputs } from '../driver/task-inputs.ts';
import { watchedBackend } from '../driver/watched-backend.ts';

/** Collaborators of an engine, and its callbacks to the context. */
export interface ContextRuntimeDeps {
  readonly application: string;
  readonly batchIntervalMs: number;
  readonly master: Master | undefined;
  readonly rememberMs: number | undefined;
  readonly options: ResolvedContextOptions;
  readonly assembled: AssembledPorts;
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: PublishEvent;
  readonly assertCanDefine: (what: string) => void;
  /** Writes the text of `print`. */
  readonly print: (text: string) => void;
  /** Called once when the engine has failed. */
  readonly onFatal: (error: unknown) => void;
}

/** The role of a copy of the program that serves as an executor. */
export interface ExecutorRole {
  readonly session: ExecutorSession;
  readonly program: ProgramOnExecutor;
}

/** Length of random names, for copies of a program that share no driver. */
const DRAWN_LENGTH = 6;

/** The engine behind a context. Made with the context; the driver is made when the context starts. */
export class ContextRuntime {
  /** The scope that the streams of the program belong to. */
  readonly scope: StreamScope;
  readonly graph: DStreamGraph;
  /** Undefined in the driver's copy. */
  readonly served: ExecutorRole | undefined;
  readonly #deps: ContextRuntimeDeps;
  readonly #executors: ChosenExecutors;
  readonly #placement: Placement;
  /** Undefined on an executor. */
  readonly #dagScheduler: DagScheduler | undefined;
  readonly #taskInputs: TaskInputs;
  readonly #recordErrors: RecordErrorLedger;
  readonly #inputInfo = new InputInfoTracker();
  /** Executors that were made in this process. */
  readonly #executorsHere: ExecutorRuntime[] = [];
  readonly #executorReadings: ExecutorReadings;
  #driver: Driver | undefined;
  /** The executor id of this copy of the program. */
  #servesAs: ExecutorId | undefined;
  #streams = 0;
  #names = 0;

  /** @throws `MR_CONTEXT_EXECUTORS_NOT_INSTALLED`. */
  constructor(deps: ContextRuntimeDeps) {
    const { batchIntervalMs, master, rememberMs, options, assembled, log } = deps;
    const { ports } = assembled;
    this.#deps = deps;
    const session = ports.get(ProcessRole).executor;
    const executors = chooseExecutors(session ? undefined : master, ports.get(ExecutorBackend));
    this.#executors = { ...executors, backend: watchedBackend(executors.backend, deps.onFatal) };
    if (session === undefined && options.executorAllocation !== undefined) {
      assertCanScale(this.#executors.backend);
    }
    this.#executorReadings = new ExecutorReadings({
      backend: this.#executors.backend,
      clock: deps.clock,
      log,
      epoch: () => this.#driver?.epoch ?? 0,
      here: (id) => this.#executorsHere.findLast(({ executorId }) => executorId === id)?.reading,
    });
    this.#placement = new Placement(this.#executors.backend, () => this.#dagScheduler?.executorsChanged());
    this.#dagScheduler = session === undefined ? this.#createJobRunner() : undefined;
    const environment = this.#createEnvironment();
    this.graph = new DStreamGraph({ environment, log });
    this.#recordErrors = new RecordErrorLedger({
      application: deps.application,
      epoch: () => this.#driver?.epoch ?? 0,
      maxRecordErrors: options.maxRecordErrorsPerBatch,
      deadLetters: options.deadLetters,
      storedAt: (batchTime) => this.graph.leftOutAt(batchTime),
    });
    environment.attach(this.#recordErrors);
    if (rememberMs !== undefined) this.graph.remember(rememberMs);
    this.#taskInputs = new TaskInputs({
      graph: this.graph,
      batchIntervalMs,
      blocksOf: (batchTime) => this.#driver?.inputOfBatch(batchTime),
    });
    this.served = session && { session, program: new ProgramOnExecutor(this.graph) };
    this.scope = this.#createScope(environment);
  }

  /** The executors that the program requests. */
  get chosenExecutors(): ChosenExecutors {
    return this.#executors;
  }

  /** Undefined before `createDriver`. */
  get driver(): Driver | undefined {
    return this.#driver;
  }

  /** Amounts held by the driver and the executors of this process; amounts of remote executors are unknown. */
  get holdings(): Holdings {
    const own = {
      underWay: {},
      kept: { 'inputs.infos': this.#inputInfo.infoCount, 'inputs.known': this.#taskInputs.knownCount },
    };
    const deps = [this.#driver, this.#dagScheduler, this.#recordErrors, ...this.#executorsHere];
    return sumOfHoldings([own, ...deps.flatMap((part) => part?.holdings ?? [])]);
  }

  /** The amounts of the live executors for observers, in order of arrival. Asks executors elsewhere. */
  readExecutors(): readonly ExecutorReading[] {
    return this.#executorReadings.read();
  }

  /** True when executors may run on several hosts. */
  get spansHosts(): boolean {
    return this.#executors.backend.spansHosts === true;
  }

  /** @throws `MR_CONTEXT_ONE_HOST_ONLY`. */
  assertReachedFromEveryHost(checkpointDirectory: string | undefined): void {
    const { assembled, options } = this.#deps;
    assertReachedFromEveryHost(this.#executors.backend, {
      ...options,
      assembled,
      checkpointDirectory,
      graph: this.graph,
    });
  }

  /** Makes the driver of the program in its current form. Called once; nothing is started yet. */
  createDriver(checkpointDirectory: string | undefined): Driver {
    this.#driver = new Driver(this.#driverSetup(checkpointDirectory));
    return this.#driver;
  }

  /** Serves the driver of the session. @throws the errors of opening the ports. */
  async serve({ session, program }: ExecutorRole): Promise<void> {
    const { assembled, application } = this.#deps;
    await assembled.open();
    await session.serve({
      application,
      fingerprint: this.graph.fingerprint(),
      shape: this.graph.shape(),
      close: () => assembled.close(),
      createExecutor: (identity) => {
        this.#servesAs = identity.executorId;
        return this.#note(programExecutor({ ...this.#executorParts(), program }, identity));
      },
    });
  }

  #createJobRunner(): DagScheduler {
    const { assembled, options } = this.#deps;
    const { backend } = this.#executors;
    const epochOf = () => this.#driver?.epoch ?? 0;
    const remote = createRemoteExecution({
      ports: assembled.ports,
      environment: () => this.scope.environment,
      inputs: () => this.#taskInputs,
      tasks: options.tasks,
      receiverOf: (streamId) => this.#receiverOf(streamId),
      maxRecordErrors: options.maxRecordErrorsPerBatch,
    });
    return new DagScheduler({
      backend,
      onRecordErrors: (job, reports) => this.#recordErrors.note(job, reports),
      placeable: () => this.#placement.executors(),
      ...(backend.isRemote === true ? { remote } : {}),
      get epoch() {
        return epochOf();
      },
      // Executors of this process share the graph, which knows the inputs of every batch.
      inputsFor: () => [],
    });
  }

  #createEnvironment(): RddEnvironment {
    const { application, options } = this.#deps;
    const { defaultParallelism, tasks } = options;
    const dagScheduler = this.#dagScheduler;
    if (dagScheduler === undefined) return new RddEnvironment({ application, defaultParallelism });
    return new RddEnvironment({
      application,
      defaultParallelism,
      dagScheduler,
      maxTaskFailures: tasks.maxFailures,
      maxTaskLosses: tasks.maxLosses,
    });
  }

  #createScope(environment: RddEnvironment): StreamScope {
    const { application, batchIntervalMs, assembled, clock, log, publish, assertCanDefine, print } =
      this.#deps;
    const { onRecordError, deadLetters } = this.#deps.options;
    const drivingPlace = this.#executors.backend.isRemote === true ? 'driver' : 'shared';
    return {
      graph: this.graph,
      environment,
      application,
      place: this.served === undefined ? drivingPlace : 'executor',
      batchIntervalMs,
      clock,
      nextName: () => this.#nextName(),
      storage: assembled.ports.get(Storage),
      codec: assembled.ports.get(Codec),
      log,
      inputInfo: this.#inputInfo,
      publish,
      print,
      onRecordError,
      hasDeadLetters: deadLetters !== undefined,
      assertCanDefine,
      nextStreamId: () => this.#streams++,
      blocksOfBatch: (batchTime, streamId) =>
        (this.#driver ?? this.served?.program)?.blocksOfBatch(batchTime, streamId) ?? [],
    };
  }

  #driverSetup(checkpointDirectory: string | undefined): DriverDeps {
    const { application, batchIntervalMs, options, assembled, clock, log, publish, onFatal } = this.#deps;
    const { ports } = assembled;
    const makeLocal = localExecutors(this.#executorParts());
    return {
      assembled,
      charge: new DriverCharge({ ports, application, clock, log, publish, onFatal }),
      executors: this.#executors,
      placement: this.#placement,
      dagScheduler: this.#dagScheduler,
      executorAllocation: options.executorAllocation,
      onExecutorsChanged: (lost) => {
        if (lost !== undefined) this.#taskInputs.executorLost(lost);
        this.#dagScheduler?.executorsChanged();
      },
      onDone: (doneUpTo) => this.#taskInputs.forget(doneUpTo),
      graph: this.graph,
      receivers: this.#receivers(),
      inputInfo: this.#inputInfo,
      identity: { application, batchIntervalMs },
      checkpointDirectory,
      checkpointsKept: options.checkpointsKept,
      allowDroppedState: options.allowDroppedState,
      batchOptions: options.batches,
      trackingOptions: options.tracking,
      receivingOptions: options.receiving,
      backPressure: options.backPressure,
      recordErrors: this.#recordErrors,
      publish,
      createExecutor: (identity) => this.#note(makeLocal(identity)),
      onFatal,
    };
  }

  /**
   * An executor's name is unique during the life of the driver; this name only has to be unique within that time.
   */
  #nextName(): string {
    this.#names += 1;
    const where = this.served === undefined ? 'driver' : encodeURIComponent(this.#servesAs ?? '');
    const drawn = this.#deps.assembled.ports.get(RandomSource).id(DRAWN_LENGTH);
    return `${where}.${this.#names.toString(36)}.${drawn}`;
  }

  #note(executor: ExecutorRuntime): ExecutorRuntime {
    this.#executorsHere.push(executor);
    return executor;
  }

  /** Collaborators of executors, in this process and elsewhere. */
  #executorParts() {
    return {
      ports: this.#deps.assembled.ports,
      environment: this.scope.environment,
      receiverOf: (streamId: StreamId) => this.#receiverOf(streamId),
      receivingOptions: this.#deps.options.receiving,
      keepsLettersOf: (streamId: StreamId) => this.#keepsLettersOf(streamId),
      maxRecordErrors: this.#deps.options.maxRecordErrorsPerBatch,
    };
  }

  #keepsLettersOf(streamId: StreamId): boolean {
    const input = this.graph.inputs.find((stream) => stream.streamId === streamId);
    return input?.recordErrorReaction === 'dead-letter';
  }

  #receivers(): readonly ProgramReceiver[] {
    return this.graph.inputs.flatMap((input) =>
      input instanceof ReceiverInputDStream ? [{ streamId: input.streamId, receiver: input.receiver }] : [],
    );
  }

  #receiverOf(streamId: StreamId): ConfiguredReceiver<unknown> | undefined {
    for (const input of this.graph.inputs)
      if (input instanceof ReceiverInputDStream && input.streamId === streamId) return input.receiver;
    return undefined;
  }
}

// A context for streams without an engine around them: batches are made and run by hand, one after the other, and
// tasks run in process. All reports of a stream are kept for the test to inspect.
import {
  ManualClock,
  MsgpackCodec,
  SeededRandom,
  type BatchTime,
  type Block,
  type BlockId,
  type Codec,
  type ReceivedBlockInfo,
  type Storage,
  type StreamId,
  type StreamInputInfo,
} from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import type { ForgottenData } from '../src/batches/job-graph.ts';
import type { Job } from '../src/batches/job.ts';
import { DStreamGraph } from '../src/graph/dstream-graph.ts';
import { QueueInputDStream } from '../src/dstream/queue-input-dstream.ts';
import type { DStream } from '../src/dstream/dstream.ts';
import type { QueueEntry, QueueStreamOptions } from '../src/dstream/queue-input-dstream.ts';
import type { StreamScope } from '../src/graph/stream-scope.ts';
import { RddEnvironment } from '../src/rdd/rdd-environment.ts';
import { DagScheduler } from '../src/jobs/dag-scheduler.ts';
import { TaskRunner } from '../src/executor/task-runner.ts';

/** Options of the fixture. */
export interface StreamFixtureOptions {
  readonly batchIntervalMs?: number;
  readonly defaultParallelism?: number;
  readonly zeroTime?: BatchTime;
  readonly storage?: Storage;
}

/** A scope whose batches the test runs. */
export class StreamFixture implements StreamScope {
  readonly application = 'test';
  readonly batchIntervalMs: number;
  readonly zeroTime: BatchTime;
  readonly clock = new ManualClock();
  readonly #random = new SeededRandom(1);
  readonly nextName = (): string => this.#random.id(12);
  readonly log = new RecordingLogger();
  readonly environment: RddEnvironment;
  readonly graph: DStreamGraph;
  readonly storage: Storage;
  readonly codec: Codec = new MsgpackCodec();
  readonly tasks: TaskRunner;
  /** Reports of inputs, in order. */
  readonly reports: { readonly batchTime: BatchTime; readonly info: StreamInputInfo }[] = [];
  /** Events that streams emitted, in order. */
  readonly events: [string, unknown][] = [];
  readonly publish: StreamScope['publish'] = (event, value) => void this.events.push([event, value]);
  readonly inputInfo = {
    report: (batchTime: BatchTime, info: StreamInputInfo) => void this.reports.push({ batchTime, info }),
  };
  /** Data released by completed batches, in order. */
  readonly forgotten: ForgottenData[] = [];
  readonly #blocks = new Map<BlockId, Block>();
  readonly #allocated = new Map<string, ReceivedBlockInfo[]>();
  #streams = 0;
  #batches = 0;
  #hasStarted = false;

  constructor(options: StreamFixtureOptions = {}) {
    this.batchIntervalMs = options.batchIntervalMs ?? 1_000;
    this.zeroTime = options.zeroTime ?? 0;
    this.storage = options.storage ?? (absent('storage') as Storage);
    const dagScheduler = new DagScheduler({
      epoch: 1,
      inputsFor: () => [],
      backend: {
        executors: () => [{ executorId: 'local', host: 'localhost', cores: 2 }],
        ask: async (_executor, kind, request) =>
          kind === 'CancelTask'
            ? this.tasks.cancel(request as Parameters<TaskRunner['cancel']>[0])
            : this.tasks.run(request as Parameters<TaskRunner['run']>[0]),
      },
    });
    const defaultParallelism = options.defaultParallelism ?? 2;
    this.environment = new RddEnvironment({ defaultParallelism, dagScheduler, maxTaskFailures: 1 });
    this.graph = new DStreamGraph({ environment: this.environment, log: this.log });
    this.tasks = new TaskRunner({
      environment: this.environment,
      codec: this.codec,
      storage: this.storage,
      clock: this.clock,
      random: this.#random,
      readBlock: async ({ blockId }) => this.#blocks.get(blockId),
      yield: () => undefined,
    });
  }

  assertCanDefine(what: string): void {
    if (this.#hasStarted) throw new Error(`${what} after start`);
  }

  nextStreamId(): StreamId {
    return this.#streams++;
  }

  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#allocated.get(`${batchTime}/${streamId}`) ?? [];
  }

  /** A queue stream with these batches. */
  queue<T>(batches: QueueEntry<T>[], options: QueueStreamOptions<T> = {}): QueueInputDStream<T> {
    return new QueueInputDStream<T>(this, batches, options);
  }

  /** Adds an output; its records are in the map, by batch time. */
  record<T>(stream: DStream<T>): Map<BatchTime, T[]> {
    const seen = new Map<BatchTime, T[]>();
    stream.foreachRDD(async (rdd, { batchTime }) => void seen.set(batchTime, await rdd.collect()));
    return seen;
  }

  /** Gives a batch a block of these records. */
  allocate(
    batchTime: BatchTime,
    streamId: StreamId,
    blockId: BlockId,
    records: readonly unknown[],
    metadata?: unknown,
  ): void {
    const counts = { recordCount: records.length, sizeBytes: 10 * records.length };
    this.#blocks.set(blockId, { kind: 'records', chunks: [{ records, length: records.length }], ...counts });
    const info: ReceivedBlockInfo = {
      blockId,
      streamId,
      executorId: 'local',
      durability: 'memory',
      ...counts,
      ...(metadata === undefined ? {} : { metadata }),
    };
    const key = `${batchTime}/${streamId}`;
    this.#allocated.set(key, [...(this.#allocated.get(key) ?? []), info]);
  }

  /** The input of a batch, as the tracker hands it to the graph. */
  inputOf(batchTime: BatchTime): BatchInput {
    const blocks = [...this.#allocated]
      .map(([key, infos]) => [key.split('/').map(Number), infos] as const)
      .flatMap(([[time, streamId = 0], infos]) => (time === batchTime ? [[streamId, infos] as const] : []));
    return { batchTime, blocks: new Map(blocks) };
  }

  /** Starts the graph, once. */
  start(): void {
    if (this.#hasStarted) return;
    this.graph.start(this.zeroTime);
    this.#hasStarted = true;
  }

  /** Loses a block. */
  dropBlock(blockId: BlockId): void {
    this.#blocks.delete(blockId);
  }

  /** Makes the jobs of a batch and runs them. */
  async runBatch(batchTime: BatchTime): Promise<readonly Job[]> {
    this.start();
    if (batchTime > this.clock.now()) await this.clock.setTime(batchTime);
    const jobs = await this.graph.generateJobs(this.inputOf(batchTime));
    for (const job of jobs) await job.run({ attempt: 0, signal: new AbortController().signal });
    return jobs;
  }

  /** Runs the next batches to their completion, clean-up included. */
  async run(batches: number): Promise<void> {
    for (let index = 0; index < batches; index += 1) {
      this.#batches += 1;
      const batchTime = this.zeroTime + this.#batches * this.batchIntervalMs;
      await this.runBatch(batchTime);
      this.complete(batchTime);
    }
  }

  /** Forgets the remains of the batch and all earlier ones, as the engine does. */
  complete(batchTime: BatchTime): ForgottenData {
    this.graph.abandon(batchTime);
    const forgotten = this.graph.clearMetadata(batchTime);
    this.environment.forget(forgotten.rddIds);
    for (const blockId of forgotten.blockIds) this.#blocks.delete(blockId);
    this.forgotten.push(forgotten);
    return forgotten;
  }
}

function absent(what: string): object {
  const refuse = () => {
    throw new Error(`the fixture has no ${what}`);
  };
  return new Proxy({}, { get: refuse });
}

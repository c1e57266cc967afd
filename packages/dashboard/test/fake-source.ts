// An engine that exists only as figures: every state that a page can show, without running one. Seeded, so that two runs
// have equal figures.
import { SeededRandom } from '@millrace/core';
import type {
  BatchQuery,
  EngineState,
  HealthReport,
  LiveState,
  ObservedBatch,
  ObservedBatches,
  ObservedInput,
  ObservedOutput,
  ObserverChange,
  Quantiles,
  Timeline,
  Verdict,
} from '@millrace/observe';
import type { ObservedSource } from '../src/observed-source.ts';

/** The states of the fake engine. */
export type FakeScene = 'healthy' | 'behind' | 'held' | 'limited' | 'empty' | 'stopped' | 'cluster';

/** Options of a fake. */
export interface FakeSourceOptions {
  readonly scene?: FakeScene;
  /** The time of the newest batch. */
  readonly nowMs?: number;
  readonly batchIntervalMs?: number;
  /** The number of batches in the past. */
  readonly history?: number;
  /** Names of the receivers. */
  readonly receivers?: readonly string[];
}

const OUTPUTS = ['write orders', 'alerts', 'revenue by minute'] as const;

/** A source with a history of batches; `tick` adds one. */
export class FakeSource implements ObservedSource {
  scene: FakeScene;
  nowMs: number;
  readonly #intervalMs: number;
  readonly #names: readonly string[];
  readonly #random = new SeededRandom('dashboard');
  readonly #listeners = new Set<(change: ObserverChange) => void>();
  readonly #batches: ObservedBatch[] = [];
  readonly #startedMs: number;
  /** Calls of `liveState`. */
  stateCalls = 0;

  constructor(options: FakeSourceOptions = {}) {
    const { scene = 'healthy', nowMs = 1_767_268_990_000, batchIntervalMs = 1_000, history = 600 } = options;
    this.scene = scene;
    this.#intervalMs = batchIntervalMs;
    this.#names = options.receivers ?? ['kafka orders', 'http clicks', 'mqtt sensors'];
    this.#startedMs = nowMs - history * batchIntervalMs;
    this.nowMs = this.#startedMs;
    if (scene !== 'empty') for (let index = 0; index < history; index += 1) this.#add(index, history);
    this.nowMs = nowMs;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** The newest batch time. */
  get lastBatch(): number {
    return this.#batches.at(-1)?.batchTime ?? 0;
  }

  /** Runs one batch more. */
  tick(): void {
    this.#add(this.#batches.length, this.#batches.length + 1);
    const batch = this.#batches.at(-1)!;
    this.change({ kind: 'batch', batches: [batch], points: this.#timeline(batch.batchTime - 1) });
    this.change({ kind: 'state', state: this.liveState() });
  }

  change(change: ObserverChange): void {
    for (const listen of this.#listeners) listen(change);
  }

  subscribe(listener: (change: ObserverChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  batches(question: BatchQuery): ObservedBatches {
    const { after = 0, before = Infinity, limit = 100, filter } = question;
    const all = this.#batches.toReversed().filter((batch) => {
      if (batch.batchTime <= after || batch.batchTime >= before) return false;
      if (filter === 'failed') return batch.state === 'failed' || batch.state === 'held';
      if (filter === 'slow') return (batch.processingDelayMs ?? 0) > this.#intervalMs;
      return filter === 're-run' ? batch.isRerun : true;
    });
    return { schema: 1, batches: all.slice(0, limit), hasMore: all.length > limit };
  }

  batch(time: number): ObservedBatch | undefined {
    return this.#batches.find(({ batchTime }) => batchTime === time);
  }

  health(): HealthReport {
    return { ok: true, checks: [{ name: 'active', ok: true, words: 'The context is active.' }] };
  }

  readiness(): HealthReport {
    const ok = this.scene === 'healthy';
    return { ok, checks: [{ name: 'receivers', ok, words: '3 of 3 receivers are active.' }] };
  }

  prometheus(): string {
    return `# TYPE millrace_batch_completed_total counter\nmillrace_batch_completed_total{outcome="succeeded"} ${this.#batches.length}\n`;
  }

  state(): EngineState {
    return { ...this.liveState(), timelines: { recent: this.#timeline(0), day: emptyTimeline() } };
  }

  liveState(): LiveState {
    this.stateCalls += 1;
    const isHeld = this.scene === 'held';
    const isBehind = this.scene === 'behind';
    const done = this.#batches.filter(({ state }) => state !== 'queued' && state !== 'held');
    const newest = done.slice(-1_000);
    const records = this.#batches.reduce((sum, { recordCount }) => sum + recordCount, 0);
    return {
      schema: 1,
      application: 'order analytics',
      state: this.scene === 'stopped' ? 'stopped' : 'active',
      timeMs: this.nowMs,
      startedMs: this.#startedMs,
      batchIntervalMs: this.#intervalMs,
      verdict: this.verdict(),
      totals: {
        batches: done.length,
        failedBatches: this.#batches.filter(({ state }) => state === 'failed').length,
        rerunBatches: this.#batches.filter(({ isRerun }) => isRerun).length,
        records,
        bytes: records * 212,
        leftOutRecords: 3,
        lateRecords: 41,
        aheadRecords: 0,
        recordErrors: 12,
        deadLetters: 12,
        skippedBatches: 0,
      },
      ...(done.length === 0 ? {} : { lastCompletedBatch: done.at(-1)!.batchTime }),
      batches: {
        queued: isHeld ? 7 : isBehind ? 23 : 0,
        notMade: 0,
        held: isHeld ? [this.#batches.find(({ state }) => state === 'held')?.batchTime ?? 0] : [],
        oldestDelayMs: isBehind ? 24_300 : 0,
        unallocatedRecords: 0,
      },
      delays: {
        scheduling: quantiles(newest.map(({ schedulingDelayMs = 0 }) => schedulingDelayMs)),
        processing: quantiles(newest.map(({ processingDelayMs = 0 }) => processingDelayMs)),
        total: quantiles(newest.map(({ totalDelayMs = 0 }) => totalDelayMs)),
      },
      inputs: this.scene === 'empty' ? [] : this.#inputs(records),
      outputs: this.scene === 'empty' ? [] : this.#outputs(),
      phases: {
        generatorLagMs: 2,
        allocateMs: 3,
        generateMs: 2,
        queueMs: isBehind ? 23_000 : 4,
        processMs: isBehind ? 1_310 : 372,
      },
      executors: this.scene === 'empty' ? [] : this.#executors(),
      driver: {
        loopDelay: { p50Ms: 1.1, p95Ms: 4.2, maxMs: 12 },
        heapUsedBytes: 74_200_000,
        heapLimitBytes: 4_345_000_000,
        residentBytes: 212_000_000,
        cores: 0.42,
      },
      ...(this.scene === 'empty'
        ? { watermarks: [], states: [], graph: [] }
        : {
            checkpoints: {
              lastMs: this.nowMs - 3_400,
              lastBatchTime: this.lastBatch - 3_000,
              durationMs: 41,
              sizeBytes: 2_310_000,
              completed: 597,
              failures: 0,
              failuresInARow: 0,
            },
            log: {
              segments: 12,
              sizeBytes: 402_000_000,
              syncs: 9_211,
              errors: 0,
              syncMs: { p50: 1.1, p99: 4.8, max: 31 },
              roomBytes: 8_400_000_000,
            },
            ...(this.scene === 'behind' ? { logFullInMs: 14 * 60_000 } : {}),
            watermarks: [
              { stream: 'revenue', watermarkMs: this.nowMs - 12_400, lagMs: 12_400 },
              { stream: 'sessions', watermarkMs: this.nowMs - 61_000, lagMs: 61_000 },
            ],
            states: [
              { operator: 'sessions', keys: 48_211, sizeBytes: 9_120_000 },
              { operator: 'revenue', keys: 1_204, sizeBytes: 310_000 },
            ],
            graph: GRAPH,
          }),
      ...(this.scene === 'cluster' ? this.#cluster() : {}),
      droppedEvents: 0,
    };
  }

  #add(index: number, count: number): void {
    const batchTime = this.#startedMs + (index + 1) * this.#intervalMs;
    this.nowMs = batchTime;
    const age = count - index;
    const wave = Math.sin(index / 40) * 0.22 + Math.sin(index / 7) * 0.06;
    const noise = this.#random.next();
    const spike = noise > 0.985 ? 2.6 : 1;
    const load = this.scene === 'behind' ? 1 + Math.max(0, 160 - age) / 120 : 1;
    const recordCount = Math.round(this.#intervalMs * (8.4 + wave * 9 + noise * 1.4) * Math.min(load, 1.5));
    const isHeld = this.scene === 'held' && age <= 8;
    const process = this.#intervalMs * (0.34 + wave * 0.4 + noise * 0.1) * spike * load;
    const scheduling =
      this.scene === 'behind'
        ? Math.max(0, 160 - age) * 150 + noise * 20
        : spike > 1
          ? 180 * noise
          : 3 + noise * 6;
    const isFailed = this.scene !== 'behind' && index % 211 === 140;
    const phases = {
      generatorLagMs: 1 + noise * 2,
      allocateMs: 2 + noise * 2,
      generateMs: 1.2,
      queueMs: scheduling,
      processMs: process,
    };
    const error = {
      message: 'duplicate key value violates unique constraint "orders_pkey"',
      code: 'MR_JOB_FAILED',
      stack:
        'Error: duplicate key value violates unique constraint "orders_pkey"\n    at writeOrders (src/outputs/orders.ts:41:11)\n    at async StreamOutput.run (output-operation.ts:88:5)',
    };
    const base = {
      batchTime,
      isRerun: index < 6 && count > 6,
      recordCount,
      sizeBytes: recordCount * 212,
      submissionMs: batchTime + 5,
      phases,
      inputs: this.#names.map((name, streamId) => ({
        streamId,
        name,
        recordCount: Math.round(recordCount * share(streamId, this.#names.length)),
        sizeBytes: Math.round(recordCount * 212 * share(streamId, this.#names.length)),
        blockCount: 5,
        description: `blocks ${streamId}-${index}`,
      })),
      recordErrors: index % 97 === 3 ? 2 : 0,
      deadLetters: index % 97 === 3 ? 2 : 0,
    };
    const startMs = batchTime + 5 + scheduling;
    const outputs = OUTPUTS.map((name, id) => ({
      id,
      name,
      startMs: startMs + process * (id === 0 ? 0 : 0.7 + id * 0.1),
      endMs: startMs + process * (id === 0 ? 0.78 : 0.8 + id * 0.1),
      attempts: (isFailed || isHeld) && id === 0 ? 4 : 1,
      ...((isFailed || isHeld) && id === 0 ? { error } : {}),
    }));
    if (isHeld && age < 8) {
      this.#batches.push({ ...base, state: 'queued', outputs: [] });
      return;
    }
    this.#batches.push({
      ...base,
      state: isHeld ? 'held' : isFailed ? 'failed' : 'succeeded',
      processingStartMs: startMs,
      processingEndMs: startMs + process,
      schedulingDelayMs: scheduling,
      processingDelayMs: process,
      totalDelayMs: phases.generatorLagMs + 4 + scheduling + process,
      outputs,
    });
    if (this.#batches.length > 1_000) this.#batches.shift();
  }

  /** The verdict of the scene. */
  verdict(): Verdict {
    const sinceMs = this.nowMs - 312_000;
    switch (this.scene) {
      case 'cluster':
        return {
          rule: 'lease-uncertain',
          level: 'warning',
          words: 'The lease is not renewed: no job begins until an answer comes.',
          sinceMs: this.nowMs - 3_000,
          others: [],
        };
      case 'behind':
        return {
          rule: 'falling-behind',
          level: 'behind',
          words:
            'Falling behind since 12:00: batches take 1.3 × their interval. Output `write orders` has 78 % of it; receiver `kafka orders` brings 61 % of the records. Add an executor, lower `receiving.maxRate`, or raise the interval to 2 s.',
          sinceMs: this.nowMs - 160_000,
          others: [
            {
              rule: 'disk-filling',
              level: 'warning',
              words: "The log's disk is full in 14 min.",
              sinceMs,
            },
          ],
        };
      case 'held':
        return {
          rule: 'held-batch',
          level: 'failed',
          words:
            'Held: batch 12:03:02 failed in output 1 `write orders`: duplicate key value violates unique constraint "orders_pkey". Fix the cause and call `retryHeldBatch()`.',
          sinceMs: this.nowMs - 8_000,
          others: [],
        };
      case 'limited':
        return {
          rule: 'limited',
          level: 'limited',
          words:
            'Keeping up because back-pressure holds `kafka orders` at 4,200 records/s; its lag grows by 300/s.',
          sinceMs,
          others: [],
        };
      case 'stopped':
      case 'empty':
      case 'healthy':
        return {
          rule: 'keeping-up',
          level: 'good',
          words:
            this.scene === 'empty'
              ? 'No batch has run yet.'
              : 'Keeping up: batches take 41 % of their interval; a record waits 0.4 s.',
          sinceMs,
          others: [],
        };
    }
  }

  #inputs(records: number): readonly ObservedInput[] {
    const last = this.#batches.at(-1);
    return this.#names.map((name, streamId) => {
      const part = share(streamId, this.#names.length);
      const rate = ((last?.recordCount ?? 0) / this.#intervalMs) * 1_000 * part;
      const isLimited = streamId === 0 && (this.scene === 'limited' || this.scene === 'behind');
      const isBroken = streamId === 2 && this.scene === 'held';
      return {
        streamId,
        name,
        isReceiver: true,
        state: isBroken ? 'restarting' : 'active',
        host: 'stream-7',
        executorId: `executor-${(streamId % 3) + 1}`,
        recordsPerSecond: isBroken ? 0 : rate,
        bytesPerSecond: isBroken ? 0 : rate * 212,
        records: Math.round(records * part),
        bytes: Math.round(records * part * 212),
        blocks: this.#batches.length * 5,
        ...(streamId === 0
          ? { rateLimit: 9_000, rateLimitCause: isLimited ? ('estimate' as const) : ('initial' as const) }
          : {}),
        waitingRecords: isLimited ? 4_180 : 120,
        waitingBlocks: isLimited ? 9 : 1,
        waitingBytes: isLimited ? 890_000 : 25_000,
        unacknowledgedRecords: streamId === 1 ? 0 : 340,
        ...(streamId === 0 ? { lagRecords: isLimited ? 184_300 : 210, lagGrowth: isLimited ? 300 : -4 } : {}),
        leftOutRecords: streamId === 1 ? 3 : 0,
        restarts: isBroken ? 5 : 0,
        recentRestarts: isBroken ? 5 : 0,
        errors: isBroken ? 5 : 0,
        ...(isBroken
          ? {
              lastError: {
                message: 'connect ECONNREFUSED 10.0.4.17:1883',
                timeMs: this.nowMs - 2_400,
                code: 'MR_MQTT_CONNECTION_LOST',
              },
            }
          : {}),
      };
    });
  }

  #outputs(): readonly ObservedOutput[] {
    const done = this.#batches.slice(-20).filter(({ processingDelayMs }) => processingDelayMs !== undefined);
    return OUTPUTS.map((name, id) => ({
      id,
      name,
      durationMs: quantiles(
        done.map(({ outputs }) => (outputs[id]?.endMs ?? 0) - (outputs[id]?.startMs ?? 0)),
      ),
      share: [0.78, 0.12, 0.1][id] ?? 0,
      retries: id === 0 ? 6 : 0,
      failures: id === 0 ? 2 : 0,
      ...(id === 0 && this.scene === 'held'
        ? {
            lastError: {
              message: 'duplicate key value violates unique constraint "orders_pkey"',
              batchTime: this.lastBatch,
            },
          }
        : {}),
    }));
  }

  #cluster(): Pick<EngineState, 'lease' | 'hosts'> {
    const host = { state: 'alive', executors: 2, slots: 4, runningTasks: 1, receivers: 1 } as const;
    const nothing = { executors: 0, slots: 0, runningTasks: 0, receivers: 0 };
    const reason = 'the host has sent no beat for 5 s';
    return {
      lease: { state: 'in-charge', sinceMs: this.nowMs - 720_000, epoch: 3, isCertain: false },
      hosts: [
        { ...host, name: 'stream-7', answerAgeMs: 700 },
        { ...host, name: 'stream-8', answerAgeMs: 950 },
        { ...nothing, name: 'stream-9', state: 'lost', lost: { reason, timeMs: this.nowMs - 60_000 } },
      ],
    };
  }

  #executors(): EngineState['executors'] {
    return [1, 2, 3].map((number) => ({
      executorId: `executor-${number}`,
      host: 'stream-7',
      cores: 2,
      isDriverThread: false,
      runningTasks: number === 1 ? 2 : 1,
      completedTasks: 4_800 + number * 37,
      receivers: 1,
      blocks: 31 + number,
      blockBytes: 6_400_000 * number,
      maxBlockBytes: 268_435_456,
      loopDelay: { p50Ms: 1, p95Ms: 3.4 * number, maxMs: 18 * number },
      heapUsedBytes: 91_000_000 + number * 4_000_000,
      heapLimitBytes: 2_197_000_000,
    }));
  }

  #timeline(afterMs: number): Timeline {
    const done = this.#batches.filter(
      ({ batchTime, totalDelayMs }) => totalDelayMs !== undefined && batchTime > afterMs,
    );
    const column = (value: (batch: ObservedBatch) => number) => done.map(value);
    return {
      timeMs: column(({ batchTime }) => batchTime),
      batches: column(() => 1),
      failed: column(({ state }) => (state === 'failed' ? 1 : 0)),
      recordsPerSecond: column(({ recordCount }) => (recordCount / this.#intervalMs) * 1_000),
      schedulingMs: column(({ schedulingDelayMs = 0 }) => schedulingDelayMs),
      processingMs: column(({ processingDelayMs = 0 }) => processingDelayMs),
      totalMs: column(({ totalDelayMs = 0 }) => totalDelayMs),
      maxTotalMs: column(({ totalDelayMs = 0 }) => totalDelayMs),
      rateLimit: column(() => 12_000),
      inputs: this.#names.map((name, streamId) => ({
        name,
        recordsPerSecond: column(
          ({ inputs }) => ((inputs[streamId]?.recordCount ?? 0) / this.#intervalMs) * 1_000,
        ),
        rateLimit: column(() => 9_000),
      })),
    };
  }
}

function share(index: number, count: number): number {
  if (count !== 3) return 1 / count;
  return [0.61, 0.27, 0.12][index] ?? 0;
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

function emptyTimeline(): Timeline {
  return {
    timeMs: [],
    batches: [],
    failed: [],
    recordsPerSecond: [],
    schedulingMs: [],
    processingMs: [],
    totalMs: [],
    maxTotalMs: [],
    rateLimit: [],
    inputs: [],
  };
}

const GRAPH: EngineState['graph'] = [
  { id: 'orders', kind: 'receiver', name: 'kafka orders', role: 'input', parents: [], streamId: 0 },
  { id: 'clicks', kind: 'receiver', name: 'http clicks', role: 'input', parents: [], streamId: 1 },
  { id: 'sensors', kind: 'receiver', name: 'mqtt sensors', role: 'input', parents: [], streamId: 2 },
  { id: '3-map', kind: 'map', name: 'parse', role: 'operator', parents: ['orders'] },
  { id: '4-filter', kind: 'filter', name: 'valid', role: 'operator', parents: ['3-map'] },
  { id: '5-map', kind: 'map', name: 'map', role: 'operator', parents: ['clicks'] },
  { id: 'sessions', kind: 'sessionWindows', name: 'sessions', role: 'operator', parents: ['5-map'] },
  {
    id: '7-join',
    kind: 'join',
    name: 'orders with sessions',
    role: 'operator',
    parents: ['4-filter', 'sessions'],
  },
  { id: 'revenue', kind: 'eventWindows', name: 'revenue', role: 'operator', parents: ['4-filter'] },
  { id: '9-filter', kind: 'filter', name: 'too hot', role: 'operator', parents: ['sensors'] },
  { id: 'o0', kind: 'foreachPartition', name: 'write orders', role: 'output', parents: ['7-join'] },
  { id: 'o1', kind: 'foreachRDD', name: 'alerts', role: 'output', parents: ['9-filter'] },
  { id: 'o2', kind: 'foreachRDD', name: 'revenue by minute', role: 'output', parents: ['revenue'] },
];

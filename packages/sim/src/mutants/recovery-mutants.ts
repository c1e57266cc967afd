// Defective engines whose defect shows only after a second fault or a long time: fallbacks, recovery, overflowing
// accounts.
import type { Mutant, SimulationFinder } from './mutant.ts';

const WAITING = 'engine/src/receiving/store-waiters.ts';
const GENERATOR = 'engine/src/receiving/block-generator.ts';
const CHECKPOINTS = 'engine/src/checkpoint/checkpoint-writer.ts';

/**
 * Drivers replace each other quickly, and executors of earlier drivers send requests to later ones, over channels that
 * lose and repeat.
 */
const EXECUTORS_OUTLIVE_DRIVERS: Pick<SimulationFinder, 'faults' | 'forced'> = {
  faults: ['driver-death', 'outliving-executor', 'channel-duplicate', 'channel-loss'],
  forced: {
    executors: 2,
    graphs: [],
    batchIntervalMs: 200,
    checkpoints: true,
    outliveMs: 1_500,
    settings: { closesFiles: true },
    stream: { source: 'acknowledged' },
    channels: { duplicate: 0.6, loss: 0.2, delay: 0.3, delayMs: 60 },
    endings: [
      { part: 'driver', after: { ms: 900 }, downMs: 0 },
      { part: 'driver', after: { ms: 500 }, downMs: 0 },
      { part: 'driver', after: { ms: 500 }, downMs: 0 },
    ],
  },
};

/** See the header of this file. */
export const RECOVERY_MUTANTS: readonly Mutant[] = [
  {
    name: 'forget-a-renamed-source',
    wrong: 'a source of event time that was renamed begins anew, and holds the watermark back',
    patches: [
      {
        file: 'engine/src/event-time/watermark.ts',
        find: 'for (const former of formerIds()) rename(change, former, source);',
        replace: 'void formerIds;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/renamed-streams.spec.ts' },
    shows: {
      forced: { operators: ['assignTimestamps', 'eventDropDuplicates', 'watermarks'], checkpoints: true },
    },
  },
  {
    name: 'waiting-bytes-stay',
    wrong: 'the bytes of whole blocks that waited are never released',
    patches: [
      {
        file: WAITING,
        find: 'bytes: bytes + sign * block.sizeBytes,',
        replace: 'bytes: bytes + Math.max(0, sign) * block.sizeBytes,',
      },
    ],
    finder: { kind: 'simulation', forced: { mix: 'mixed', settings: { maxHeldBytes: 8_192 } } },
  },
  {
    name: 'cut-stays-due',
    wrong: 'after one tick every check of the bounds cuts a block',
    patches: [
      { file: GENERATOR, find: '#cut(): void {\n    this.#isCutDue = false;', replace: '#cut(): void {' },
    ],
    finder: { kind: 'simulation', promises: ['blocks', 'finishes'] },
  },
  {
    name: 'store-overtakes-block',
    wrong: 'records stored after a waiting whole block are pushed before the block',
    patches: [
      {
        file: GENERATOR,
        find: 'if (this.#waiting.isEmpty) this.#push(cut);\n    else this.#waiting.add(cut);',
        replace: 'this.#push(cut);',
      },
    ],
    finder: {
      kind: 'simulation',
      forced: { mix: 'mixed', settings: { maxHeldRecords: 100, blockQueueSize: 1 } },
    },
  },
  {
    name: 'forget-replayed-allocations',
    wrong:
      're-adding a block whose allocation was read from the log is refused, instead of reported as known',
    patches: [
      {
        file: 'engine/src/tracking/stream-blocks.ts',
        find: "if (this.#registered.look(blockId) !== 'registered') this.#registered.add(blockId);",
        replace: 'this.#registered.look(blockId);',
      },
    ],
    outside: 'only an unacknowledged source sends its records again, as permitted',
    finder: { kind: 'test', file: 'packages/engine/src/tracking/logged-metadata-log.spec.ts' },
  },
  {
    name: 'take-blocks-of-earlier-drivers',
    wrong: "a block of an earlier driver's attempt is accepted although the log no longer has the attempt",
    patches: [
      {
        file: 'engine/src/tracking/registered-blocks.ts',
        find: "if (attempt === undefined) return 'unknowable';",
        replace: "if (attempt === undefined) return 'unregistered';",
      },
    ],
    finder: { kind: 'simulation', ...EXECUTORS_OUTLIVE_DRIVERS },
  },
  {
    name: 'take-blocks-before-replayed-ones',
    wrong: 'a block of an attempt is accepted although the log has only later blocks of the attempt',
    patches: [
      {
        file: 'engine/src/tracking/registered-blocks.ts',
        find: 'return { name, ranges: [], horizon: Number.POSITIVE_INFINITY };',
        replace: 'return { name, ranges: [], horizon: Number.NEGATIVE_INFINITY };',
      },
    ],
    shows: EXECUTORS_OUTLIVE_DRIVERS,
    finder: { kind: 'test', file: 'packages/engine/src/tracking/registered-blocks.spec.ts' },
  },
  {
    name: 'trust-dropped-cache',
    wrong: 'outputs after an evicted partition are not made again',
    patches: [
      {
        file: 'engine/src/jobs/dag-scheduler.ts',
        find: 'await this.#writeShuffles(computed.rdd, job, { trustsCaches: false });',
        replace: 'await this.#writeShuffles(computed.rdd, job, { trustsCaches: true });',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['eviction'],
      forced: { executors: 2, graphs: ['persisted'], batchIntervalMs: 200 },
    },
  },
  {
    name: 'remember-failed-part',
    wrong: 'a checkpoint part that was unreadable once is never read again',
    patches: [
      {
        file: 'engine/src/graph/window-input-cache.ts',
        find: 'partitions.catch(() => (this.#read = undefined));',
        replace: 'partitions.catch(() => undefined);',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['executor-death'],
      forced: {
        executors: 1,
        graphs: ['state-window'],
        batchIntervalMs: 200,
        failing: [{ operation: 'read', path: '/part-', after: 0 }],
        endings: [{ part: 'executor', after: { ms: 900 }, downMs: 0 }],
      },
      seeds: 60,
    },
  },
  {
    name: 'forget-logged-epoch',
    wrong: 'the epoch in the log counts only without a checkpoint, so two drivers have one epoch',
    patches: [
      {
        file: 'engine/src/checkpoint/recovery.ts',
        find: 'Math.max(content?.epoch ?? 0, logged.start?.epoch ?? 0) + 1',
        replace: '(content?.epoch ?? logged.start?.epoch ?? 0) + 1',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['driver-death', 'damaged-bit'],
      forced: {
        executors: 1,
        graphs: ['state'],
        batchIntervalMs: 200,
        damages: [{ life: 3, what: 'checkpoint' }],
        endings: [
          { part: 'driver', after: { ms: 900 }, downMs: 20 },
          { part: 'driver', after: { ms: 60 }, downMs: 20, isSecond: true },
        ],
      },
      seeds: 60,
      promises: ['epochs'],
    },
  },
  {
    name: 'close-log-early',
    wrong: 'the log is closed before the last checkpoint, whose clean-up is lost',
    patches: [
      {
        file: 'engine/src/driver/driver-stop.ts',
        find: "if (checkpoints !== undefined) await steps.run('last checkpoint', checkpoints.end());\n  await steps.run('block tracker', blockTracker.stop());",
        replace:
          "await steps.run('block tracker', blockTracker.stop());\n  if (checkpoints !== undefined) await steps.run('last checkpoint', checkpoints.end());",
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['disk-slow'],
      forced: { graphs: ['state'], batchIntervalMs: 200 },
      seeds: 60,
      promises: ['at rest'],
    },
  },
  {
    name: 'acknowledge-before-registration',
    wrong: 'a durable block is acknowledged before its registration',
    patches: [
      {
        file: 'engine/src/receiving/block-delivery.ts',
        find: 'await this.#register(stored, { ...registration, ...left });',
        replace:
          "if (stored.durability !== 'memory') acknowledger.add(cut.tokens);\n      await this.#register(stored, { ...registration, ...left });",
      },
      {
        file: 'engine/src/receiving/block-delivery.ts',
        find: '    acknowledger.add(cut.tokens);\n  }\n',
        replace:
          "    if (isRegistered || stored.durability === 'memory') acknowledger.add(cut.tokens);\n  }\n",
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['driver-death', 'channel-delay'],
      forced: {
        executors: 2,
        graphs: [],
        batchIntervalMs: 200,
        stream: { source: 'acknowledged' },
        settings: { inlineBlockBytes: 0 },
      },
      seeds: 60,
      promises: ['REC-1'],
    },
  },
  {
    name: 'prune-forgets-parts',
    wrong: 'the parts of a checkpoint are recorded only after old checkpoints were removed',
    patches: [
      {
        file: CHECKPOINTS,
        find: '    await this.#stored.noteTry(content.doneUpTo, parts);\n',
        replace: '',
      },
      {
        file: CHECKPOINTS,
        find: '    this.#stored.note(content.doneUpTo, parts);\n',
        replace: '',
      },
      {
        file: CHECKPOINTS,
        find: "await this.#tidy('old checkpoints', () => store.prune(keep));",
        replace:
          "await this.#tidy('old checkpoints', async () => { await store.prune(keep); this.#stored.note(content.doneUpTo, parts); });",
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/checkpoint-writer.spec.ts' },
  },
  {
    name: 'hold-one-batch',
    wrong: 'a failed batch replaces the held batch',
    patches: [
      {
        file: 'engine/src/batches/held-batches.ts',
        find: 'this.#held.add(set);',
        replace: 'this.#held.clear(); this.#held.add(set);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-scheduler.spec.ts' },
  },
  {
    name: 'repeat-attempt-names',
    wrong: 'the ids of receiver attempts, and of their blocks, are unique only with high probability',
    patches: [
      {
        file: 'engine/src/tracking/attempt-ids.ts',
        find: 'return `${this.#epoch.toString(36)}.${this.#count.toString(36)}.${this.#random.id(DRAWN_LENGTH)}`;',
        replace: 'return this.#random.id(DRAWN_LENGTH);',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['driver-death', 'rolling-restart'],
      forced: { settings: { repeatsChance: true } },
    },
  },
  {
    name: 'wait-by-wall-clock',
    wrong: 'a failed push is retried at a wall time, which a clock that is set back delays',
    patches: [
      {
        file: 'engine/src/receiving/push-loop.ts',
        find: 'await clock.sleepFor(delayMs, signal).catch(() => undefined);',
        replace:
          'const atMs = clock.now(); await clock.sleepUntil(atMs + delayMs, signal).catch(() => undefined);',
      },
    ],
    finder: { kind: 'simulation', faults: ['clock-step', 'disk-failure', 'disk-full'] },
  },
];

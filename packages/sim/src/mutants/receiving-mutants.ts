// Defective engines: from a source to the block handler.
import type { StreamPlan } from '../plan.ts';
import type { Mutant, SimulationFinder } from './mutant.ts';

const PUSH_LOOP = 'engine/src/receiving/push-loop.ts';

/** Receivers fill their buffers up to the last record. */
const filling = (stores: StreamPlan['stores']): Pick<SimulationFinder, 'faults' | 'forced'> => ({
  faults: ['receiver-restart'],
  forced: {
    stream: { fillsBounds: true, inBursts: true, recordsPerSecond: 200, stores },
    settings: { maxHeldRecords: 100 },
  },
});

/** See the header of this file. */
export const RECEIVING_MUTANTS: readonly Mutant[] = [
  {
    name: 'skip-failed-push',
    wrong: 'a block whose storing failed is skipped',
    patches: [
      {
        file: PUSH_LOOP,
        find: 'if (failure !== undefined) {',
        replace: 'if (failure !== undefined && entry.cut.tokens.length < 0) {',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure', 'disk-slow'] },
  },
  {
    name: 'close-handler-early',
    wrong: 'the block handler is closed before the last blocks are stored',
    patches: [
      {
        file: 'engine/src/driver/driver-stop.ts',
        find: 'const steps = new StopSteps({ clock, log, hurry }, deadlineMs);',
        replace:
          'const steps = new StopSteps({ clock, log, hurry }, deadlineMs); void setup.assembled.close();',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'lose-restart',
    wrong: 'a failed receiver is not restarted',
    patches: [
      {
        file: 'engine/src/tracking/receiver-launcher.ts',
        find: 'this.#after(entry, delayMs, () => this.launch(entry));',
        replace: 'this.cancelTimer(entry);',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure'] },
  },
  {
    name: 'reorder-stream',
    wrong: 'a block overtakes its predecessor in a long queue',
    patches: [
      {
        file: PUSH_LOOP,
        find: 'this.#queue.push({ cut, outcome });',
        replace: 'this.#queue.splice(Math.max(1, this.#queue.length - 1), 0, { cut, outcome });',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-slow'] },
  },
  {
    name: 'sift-past-the-end',
    wrong: 'once a record is left out, unused slots of a chunk count as records',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'engine/src/receiving/sift-records.ts',
        find: 'return records.slice(0, count).filter((_, index) => !refused.has(index));',
        replace: 'return records.filter((_, index) => !refused.has(index));',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/sift-records.spec.ts' },
  },
  {
    name: 'count-left-out-records',
    wrong: 'a block counts its left-out records',
    shows: {
      faults: ['driver-death'],
      forced: {
        durability: 'machine',
        stream: { storesOdd: true, source: 'acknowledged', stores: 'records' },
      },
    },
    patches: [
      {
        file: 'engine/src/receiving/sift-records.ts',
        find: 'const recordCount = block.recordCount - leftOut.recordCount;',
        replace: 'const { recordCount } = block;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/sift-records.spec.ts' },
  },
  {
    name: 'tell-left-out-again',
    wrong: 'after many left-out records at once, each further one is reported',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/receiving/left-out-total.ts',
        find: 'while (this.#tellAt <= this.#count) this.#tellAt *= 10;',
        replace: 'if (this.#tellAt <= this.#count) this.#tellAt *= 10;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/left-out-total.spec.ts' },
  },
  {
    name: 'keep-left-out-unacknowledged',
    wrong: 'a block with left-out records is never acknowledged',
    patches: [
      {
        file: 'engine/src/receiving/block-delivery.ts',
        find: '    acknowledger.add(cut.tokens);\n  }\n',
        replace: '    if (leftOut === undefined) acknowledger.add(cut.tokens);\n  }\n',
      },
    ],
    finder: { kind: 'simulation', seeds: 400 },
  },
  {
    name: 'wait-for-the-interval',
    wrong: 'a block that its source waits for is cut at the end of its interval',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/receiving/block-generator.ts',
        find: 'if (this.#cutsAtOnce && !this.#tokens.isEmpty) this.#cut();',
        replace: 'if (this.#cutsAtOnce && !this.#tokens.isEmpty) this.#countNew();',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/block-generator.spec.ts' },
  },
  {
    name: 'divide-a-batch-anew',
    wrong: 'a recovered driver makes a partition of each block, also of blocks that were one partition',
    patches: [
      {
        file: 'engine/src/tracking/metadata-event-codec.ts',
        find: 'const continues = fields[9] === true;',
        replace: 'const continues = fields[10] === true;',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['driver-death'],
      forced: { stream: { source: 'acknowledged', stores: 'records', ack: 'individual' } },
    },
  },
  {
    name: 'overrun-a-record-late',
    wrong: 'one record above the bound is accepted',
    shows: filling('records'),
    patches: [
      {
        file: 'engine/src/receiving/buffer-limits.ts',
        find: 'held.records >= maxHeldRecords ||',
        replace: 'held.records > maxHeldRecords ||',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/buffer-limits.spec.ts' },
  },
  {
    name: 'refuse-block-that-fits',
    wrong: 'a whole block of exactly the maximum size is refused',
    shows: filling('blocks'),
    patches: [
      {
        file: 'engine/src/receiving/buffer-limits.ts',
        find: 'held.records + block.recordCount <= maxHeldRecords &&',
        replace: 'held.records + block.recordCount < maxHeldRecords &&',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/buffer-limits.spec.ts' },
  },
  {
    name: 'keep-late-block',
    wrong: 'a block stored after its receiver was given up is never removed',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/receiving/block-delivery.ts',
        find: '      await this.#forget(cut);\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/block-delivery.spec.ts' },
  },
  {
    name: 'acknowledge-behind-a-gap',
    wrong: 'after a failed acknowledgement, later blocks are acknowledged',
    patches: [
      {
        file: 'engine/src/receiving/acknowledger.ts',
        find: '        this.#hasFailed = true;\n',
        replace: '',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-failure'] },
  },
  {
    name: 'forgive-debt',
    wrong: 'a block above the rate limit has its excess forgiven',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/receiving/token-bucket.ts',
        find: 'if (this.#perSecond > 0) this.#tokens -= count;',
        replace: 'if (this.#perSecond > 0) this.#tokens = Math.max(0, this.#tokens - count);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/rate-limiter.spec.ts' },
  },
  {
    name: 'last-request-counts',
    wrong: 'of two stop requests of a receiver the later one counts',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/receiving/receiver-run.ts',
        find: 'KINDS.indexOf(request.kind) > KINDS.indexOf(this.#request.kind);',
        replace: 'KINDS.indexOf(request.kind) >= KINDS.indexOf(this.#request.kind);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/receiving/receiver-supervisor.spec.ts' },
  },
  {
    name: 'try-again-in-vain',
    wrong: 'a log with a permanent refusal is retried, and the engine continues',
    shows: { faults: ['lasting-refusal'] },
    patches: [
      {
        file: 'engine/src/receiving/push-loop.ts',
        find: 'if (fatal !== undefined && !signal.aborted) return fatal;',
        replace: 'if (fatal !== undefined && signal.aborted) return fatal;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/fatal-errors.spec.ts' },
  },
];

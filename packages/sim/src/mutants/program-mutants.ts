// Engines with defective operators. Programs drawn from the whole language detect these mutants, mostly where one
// operator is applied to another.
import type { Mutant } from './mutant.ts';

const INVERSE_WINDOW = 'engine/src/windows/inverse-window-operator.ts';

/** See the header of this file. */
export const PROGRAM_MUTANTS: readonly Mutant[] = [
  {
    name: 'forget-windows-under-windows',
    wrong:
      'a checkpoint has the last window with an inverse function, but none of the earlier windows needed by a window over it',
    patches: [
      {
        file: 'engine/src/dstream/derived-dstream.ts',
        find: 'if (this.#operator.state === undefined) return super.keptForReaders();',
        replace: 'return super.keptForReaders();',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['rolling-restart', 'driver-death'],
      forced: { operators: ['reduceByKeyAndWindowInverse', 'window'], checkpoints: true },
      seeds: 60,
    },
  },
  {
    name: 'adopt-no-batches-behind-the-window',
    wrong: 'a restarted executor does not restore the batches after the last window',
    patches: [
      {
        file: INVERSE_WINDOW,
        find: 'batches.rebase(batchesUpTo, (time)',
        replace: 'batches.rebase(upTo, (time)',
      },
      {
        file: INVERSE_WINDOW,
        find: 'if (this.#snapshotBatchesUpTo >= snapshot.batchesUpTo) return;',
        replace: 'if (this.#snapshotUpTo >= snapshot.upTo) return;',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['executor-death'],
      forced: {
        executors: 2,
        operators: ['mapWithState', 'reduceByKeyAndWindowInverse'],
        checkpoints: true,
      },
      seeds: 60,
    },
  },
  {
    name: 'pass-duplicates-early',
    wrong: 'dropDuplicates forgets a key that passed exactly withinMs ago',
    patches: [
      {
        file: 'engine/src/state/drop-duplicates.ts',
        find: 'change.idleSince(batchTime - withinMs))',
        replace: 'change.idleSince(batchTime - withinMs + 1))',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['dropDuplicates'], batchIntervalMs: 200 },
      seeds: 60,
    },
  },
  {
    name: 'forget-passed-times',
    wrong: 'dropDuplicates by event time forgets times as soon as the watermark has passed them by withinMs',
    patches: [
      {
        file: 'engine/src/event-time/drop-event-duplicates.ts',
        find: 'const from = placeOf(known, afterMs - 2 * withinMs);',
        replace: 'const from = placeOf(known, afterMs - withinMs);',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'eventDropDuplicates', 'records'], batchIntervalMs: 200 },
      seeds: 60,
    },
  },
  {
    name: 'forget-partners-early',
    wrong: 'a join by event time forgets left records when the watermark has passed their own time',
    patches: [
      {
        file: 'engine/src/event-time/join-step.ts',
        find: '([atMs]: LeftRecord<V>) => atMs + rules.afterMs >= watermark.afterMs;',
        replace: '([atMs]: LeftRecord<V>) => atMs >= watermark.afterMs;',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'leftOuterJoinWithin'], batchIntervalMs: 200 },
      seeds: 100,
    },
  },
  {
    name: 'forget-who-had-partners',
    wrong: 'a left value that had a partner in an earlier batch is given out without one as well',
    patches: [
      {
        file: 'engine/src/event-time/join-step.ts',
        find: 'return place === first || hasPartner ? record : [atMs, value, true];',
        replace: 'return place === first || hasPartner ? record : [atMs, value, false];',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'leftOuterJoinWithin'], batchIntervalMs: 200 },
      seeds: 100,
    },
  },
  {
    name: 'lose-partnerless',
    wrong: 'a full outer join omits records without a partner on the left',
    patches: [
      {
        file: 'engine/src/rdd/join-operators.ts',
        find: 'everyWithEvery([orOneEmpty(left), orOneEmpty(right)]);',
        replace: 'everyWithEvery([left, orOneEmpty(right)] as Groups<V | undefined, W | undefined>);',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'], forced: { operators: ['fullOuterJoin'] } },
  },
  {
    name: 'reverse-grouped-windows',
    wrong: 'the values of a key over a window begin with the newest batch',
    patches: [
      {
        file: 'engine/src/windows/keyed-values.ts',
        find: 'for (const value of more) all.push(value);',
        replace: 'all.unshift(...more);',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'time-out-a-batch-early',
    wrong: 'a key idle for exactly the time-out is removed',
    patches: [
      {
        file: 'engine/src/state/state-entries.ts',
        find: 'if (this.#touchedAt(slot) >= time) break;',
        replace: 'if (this.#touchedAt(slot) > time) break;',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'], forced: { operators: ['mapWithState'] } },
  },
  {
    name: 'update-touched-keys-only',
    wrong: 'updateStateByKey is not called for keys without records',
    patches: [
      {
        file: 'engine/src/state/update-state-by-key.ts',
        find: '.filter(([key]) => !incoming.has(key))',
        replace: '.filter(([key]) => incoming.has(key) && false)',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'], forced: { operators: ['updateStateByKey'] } },
  },
  {
    name: 'move-one-batch-too-few',
    wrong: 'a window that slides by several batches adds only the last batch',
    patches: [
      {
        file: INVERSE_WINDOW,
        find: 'Math.max(begin, before + batches.slideMs)',
        replace: 'Math.max(begin, batchTime)',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['reduceByKeyAndWindowInverse'] },
    },
  },
  {
    name: 'deal-by-turn-without-order',
    wrong: 'records whose order may change are dealt by turn, so a repeated task deals them in another way',
    patches: [
      {
        file: 'engine/src/rdd/shuffle-operators.ts',
        find: 'parent.hasCertainOrder\n        ? new DealingWriter',
        replace: 'partitionCount > 0\n        ? new DealingWriter',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/repeated-repartition.spec.ts' },
    shows: {
      faults: ['executor-death'],
      forced: {
        executors: 2,
        operators: ['countByValue', 'map', 'repartition'],
        evictions: Array.from({ length: 28 }, (_, index) => index % 7),
      },
    },
  },
];

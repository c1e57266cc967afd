// Wrong engines between a source and the block handler.
import type { Mutant } from './mutant.ts';

const PUSH_LOOP = 'engine/src/receiving/push-loop.ts';

/** See the header of this file. */
export const RECEIVING_MUTANTS: readonly Mutant[] = [
  {
    name: 'skip-failed-push',
    wrong: 'a block that could not be stored is passed over',
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
        file: 'engine/src/context/driver-stop.ts',
        find: 'const steps = new StopSteps({ clock, log, hurry }, deadlineMs);',
        replace:
          'const steps = new StopSteps({ clock, log, hurry }, deadlineMs); void setup.assembled.close();',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'lose-restart',
    wrong: 'a receiver that failed is not started again',
    patches: [
      {
        file: 'engine/src/tracking/receiver-launcher.ts',
        find: 'this.#after(entry, delayMs, () => this.launch(entry));',
        replace: 'this.settle(entry);',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure'] },
  },
  {
    name: 'reorder-stream',
    wrong: 'a block overtakes the one before it when the queue is long',
    patches: [
      {
        file: PUSH_LOOP,
        find: 'this.#queue.push({ cut, outcome });',
        replace: 'this.#queue.splice(Math.max(1, this.#queue.length - 1), 0, { cut, outcome });',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-slow'] },
  },
];

// Wrong engines between blocks and outputs.
import type { Mutant } from './mutant.ts';

const GENERATOR = 'engine/src/batches/job-generator.ts';

/** See the header of this file. */
export const BATCH_MUTANTS: readonly Mutant[] = [
  {
    name: 'allocate-twice',
    wrong: 'blocks that were given to a batch wait for the next one as well',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'for (const [id, taken] of blocks) this.#streamOf(id).take(taken.length);',
        replace:
          'for (const [id, taken] of blocks) this.#streamOf(id).take(taken.length - (taken.length > 1 ? 1 : 0));',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'empty-batch',
    wrong: 'a batch whose blocks could not be allocated runs without them',
    patches: [
      {
        file: GENERATOR,
        find: 'if (!(await this.#pause(attempt))) return false;\n      }\n    }\n  }\n\n  /** What the step makes',
        replace: 'return true;\n      }\n    }\n  }\n\n  /** What the step makes',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure', 'driver-death'] },
  },
  {
    name: 'forget-pending-batch',
    wrong: 'a batch that was made and not done is not made again after a restart',
    patches: [
      {
        file: GENERATOR,
        find: 'this.#next = this.#after(from.doneUpTo);',
        replace: 'this.#next = this.#after(from.lastMade);',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'disk-slow'] },
  },
];

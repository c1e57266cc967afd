// Wrong write-ahead logs.
import type { Mutant } from './mutant.ts';

const SEGMENT_WRITER = 'wal/src/segment-writer.ts';

/** See the header of this file. */
export const LOG_MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledge-before-sync',
    wrong: 'the log says that an entry is safe before it was synced',
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'if (this.#header.isSynced) await this.#sync(onWaiting);',
        replace: 'onWaiting();',
      },
    ],
    finder: { kind: 'simulation', faults: ['power-loss'] },
  },
  {
    name: 'ignore-failed-sync',
    wrong: 'a sync that failed counts as done',
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'await syncing;',
        replace: 'await syncing.catch(() => undefined);',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure'] },
  },
];

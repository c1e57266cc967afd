// Wrong plugins: executors on threads, sources and sinks. The simulation does not run these; their own tests have to
// notice.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const PLUGIN_MUTANTS: readonly Mutant[] = [
  {
    name: 'publish-before-sync',
    wrong: 'a file of the files sink gets its name before its content is on the disk',
    patches: [
      {
        file: 'sinks/files/src/draft-file.ts',
        find: 'if (fsync) await this.#file.sync();',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/test/crash.spec.ts' },
  },
  {
    name: 'ledger-forgets-what-it-forgot',
    wrong: 'the ledger of the sqlite sink does not remember up to where it has forgotten',
    patches: [
      {
        file: 'sinks/sqlite/src/ledger.ts',
        find: 'this.#statements.remember.run(...key, newest);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/sqlite/test/table-sink.int.spec.ts' },
  },
  {
    name: 'heartbeat-never-heard',
    wrong: 'signs of life of an executor do not count',
    patches: [
      {
        file: 'threads/src/heartbeat.ts',
        find: 'heard(): void {\n    this.#unanswered = 0;',
        replace: 'heard(): void {',
      },
    ],
    finder: { kind: 'test', file: 'packages/threads/src/heartbeat.spec.ts' },
  },
];

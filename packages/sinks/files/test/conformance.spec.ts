import { sinkConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { filesSink } from '../src/index.ts';
import { FragileStorage, type Operation } from './fragile-storage.ts';
import { recordsIn } from './read-files.ts';

const OPERATIONS: readonly Operation[] = ['create', 'append', 'sync', 'rename', 'syncDirectory'];

function create() {
  const storage = new FragileStorage();
  const options = { directory: '/out/words', chunkBytes: 64 };
  return {
    storage,
    createSink: () => filesSink<unknown>(options, storage),
    readBack: async () => recordsIn(storage, options.directory),
    crash: () => storage.restart({ powerLoss: true }),
  };
}

sinkConformance(
  { describe, it },
  {
    name: 'filesSink',
    module: import.meta.url,
    capabilities: { delivery: 'effectively-once' },
    create,
    record: (id): unknown => ({ id, text: `line ${id}\nof "record" ${id}` }),
    unsupportedRecord: { id: 1n },
    faults: OPERATIONS.map((operation) => ({
      name: `one ${operation} fails`,
      inject: ({ storage }: ReturnType<typeof create>) => storage.failNext(operation),
    })),
  },
);

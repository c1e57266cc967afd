import { sinkConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { filesSink, type FilesSinkInput } from '../src/index.ts';
import { FragileStorage, type Operation } from './fragile-storage.ts';
import { recordsIn } from './read-files.ts';
import { arrowRows, parquetRows, type ReadTable, rowsIn } from './read-tables.ts';

const OPERATIONS: readonly Operation[] = ['create', 'append', 'sync', 'rename', 'syncDirectory'];

function create(given: Partial<FilesSinkInput>, read: ReadTable | undefined) {
  const storage = new FragileStorage();
  const options = { directory: '/out/words', ...given };
  return {
    storage,
    createSink: () => filesSink<unknown>(options, storage),
    readBack: async () =>
      read === undefined ? recordsIn(storage, options.directory) : rowsIn(storage, options.directory, read),
    crash: () => storage.restart({ powerLoss: true }),
  };
}

const COLUMNS = [{ name: 'id', type: 'int32' }, 'text'] as const;
const kits: readonly {
  name: string;
  options: Partial<FilesSinkInput>;
  read?: ReadTable;
  unsupported: unknown;
}[] = [
  { name: 'filesSink', options: { chunkBytes: 64 }, unsupported: { id: 1n } },
  {
    name: 'filesSink with format parquet',
    options: { format: 'parquet', columns: [...COLUMNS], rowGroupRows: 40 },
    read: parquetRows,
    unsupported: { id: 1.5 },
  },
  {
    name: 'filesSink with format arrow',
    options: { format: 'arrow', columns: [...COLUMNS], rowGroupRows: 40 },
    read: arrowRows,
    unsupported: { id: 1.5 },
  },
];
for (const { name, options, read, unsupported } of kits) {
  sinkConformance(
    { describe, it },
    {
      name,
      module: import.meta.url,
      capabilities: { delivery: 'effectively-once' },
      create: () => create(options, read),
      record: (id): unknown => ({ id, text: `line ${id}\nof "record" ${id}` }),
      unsupportedRecord: unsupported,
      faults: OPERATIONS.map((operation) => ({
        name: `one ${operation} fails`,
        inject: ({ storage }: ReturnType<typeof create>) => storage.failNext(operation),
      })),
    },
  );
}

// A program that a test starts and kills: writes seeded batches to a directory, in a format.
import { writeSeededBatches } from '@millrace/testing';
import type { Sink } from '@millrace/core';
import { filesSink } from '../src/index.ts';

const [directory = '', format = '', ...args] = process.argv.slice(2);
await writeSeededBatches(format === 'text' ? lines() : rows(), args);

function lines(): Sink<string> {
  return filesSink<string>({ directory, format: 'text', chunkBytes: 512 });
}

/** Several row groups in most partitions. */
function rows(): Sink<string> {
  const sink = filesSink<object>({
    directory,
    format: format === 'arrow' ? 'arrow' : 'parquet',
    columns: ['record'],
    rowGroupRows: 50,
  });
  return {
    ...sink,
    name: sink.name,
    capabilities: sink.capabilities,
    open: async () => sink.open?.(),
    write: (records, write) =>
      sink.write(
        (function* () {
          for (const record of records) yield { record };
        })(),
        write,
      ),
    close: async () => sink.close?.(),
  };
}

// CPU time per million records beside the client library by hand, on a file of its own:
//   node --conditions=millrace:source packages/sinks/duckdb/test/throughput/main.ts [rounds] [records of a round] [rows of a batch]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareWriters } from '../../../../../tools/throughput/compare-writers.ts';

const [rounds = '7', records = '1000000', rows = '50000'] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'millrace-duckdb-'));
let files = 0;
try {
  await compareWriters({
    program: new URL('writer.ts', import.meta.url),
    place: async () => [join(directory, `${(files += 1)}.duckdb`)],
    rounds: Number(rounds),
    records: Number(records),
    rows: Number(rows),
  });
} finally {
  await rm(directory, { recursive: true, force: true });
}

// CPU time per million rows beside the client library alone, on a real server:
//   node --conditions=millrace:source packages/sinks/clickhouse/test/throughput/main.ts [rows] [runs]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server } from '../server.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const runs = Number(process.argv[3] ?? 3);
const PROGRAM = fileURLToPath(new URL('writer.ts', import.meta.url));

const server = await Server.start();
if (server === undefined)
  throw new Error('ClickHouse is not installed: run tools/servers/clickhouse.sh install');
try {
  const fastest = { bare: Infinity, sink: Infinity };
  for (let run = 0; run < runs; run += 1) {
    for (const kind of ['bare', 'sink'] as const) {
      const table = `payments_${kind}_${run}`;
      await server.run(
        `CREATE TABLE ${table} (id UInt32, customer String, amount UInt8, currency String) ENGINE = MergeTree ORDER BY id
        SETTINGS non_replicated_deduplication_window = 1000`,
      );
      const args = ['--conditions=millrace:source', PROGRAM, kind, `${server.port}`, table, `${rows}`];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const [counted] = await server.run(`SELECT toUInt32(count()) AS rows FROM ${table}`);
      if (counted?.['rows'] !== rows) throw new Error(`${table} has ${String(counted?.['rows'])} rows`);
      const { cpuMs } = JSON.parse(stdout) as { readonly cpuMs: number };
      fastest[kind] = Math.min(fastest[kind], (cpuMs * 1_000_000) / rows);
    }
  }
  const { bare, sink } = fastest;
  process.stdout.write(
    `bare client ${Math.round(bare)} ms, sink ${Math.round(sink)} ms of CPU per million rows: ${(sink / bare).toFixed(2)} ×\n`,
  );
} finally {
  await server.server.stop();
}

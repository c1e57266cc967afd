// CPU time per million records beside the client library by hand, on a real server, in interleaved rounds:
//   node --conditions=millrace:source packages/sinks/postgres/test/throughput/main.ts [rounds] [records of a round] [mode]
// Each round runs both writers in processes of their own, the order changes from round to round, and medians are compared.
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server } from '../database.ts';

const rounds = Number(process.argv[2] ?? 7);
const records = Number(process.argv[3] ?? 200_000);
const only = process.argv[4];
const MODES = [
  { mode: 'insert', rows: 1_000, kinds: ['bare', 'sink'] },
  { mode: 'upsert', rows: 1_000, kinds: ['bare', 'sink'] },
  { mode: 'copy', rows: 10_000, kinds: ['bare', 'escaped', 'sink'] },
] as const;
const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function cpuMsOf(
  server: Server,
  kind: string,
  { mode, rows }: (typeof MODES)[number],
): Promise<number> {
  const database = await server.database();
  await database.run(
    `CREATE TABLE payments (id bigint, customer text, amount double precision, currency text)`,
    ...(mode === 'upsert' ? ['CREATE UNIQUE INDEX ON payments (id)'] : []),
  );
  const args = [kind, mode, server.port, database.schema, rows, Math.ceil(records / rows)].map(String);
  const command = ['--conditions=millrace:source', WRITER, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  await database.run(`DROP SCHEMA ${database.schema} CASCADE`);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs;
}

const server = await Server.start();
if (server === undefined)
  throw new Error('PostgreSQL is not installed: run tools/servers/postgres.sh install');
try {
  for (const mode of MODES) {
    if (only !== undefined && mode.mode !== only) continue;
    const found = { bare: [] as number[], escaped: [] as number[], sink: [] as number[] };
    for (let round = 0; round < rounds; round += 1)
      for (const kind of round % 2 === 0 ? mode.kinds : mode.kinds.toReversed())
        found[kind].push(await cpuMsOf(server, kind, mode));
    const sink = median(found.sink);
    for (const kind of ['bare', 'escaped'] as const) {
      if (found[kind].length === 0) continue;
      const client = median(found[kind]);
      const text = `${kind} client ${Math.round(client)} ms, sink ${Math.round(sink)} ms of CPU per million records: ${(sink / client).toFixed(2)} ×`;
      process.stdout.write(`${mode.mode}, ${mode.rows} rows a batch: ${text}\n`);
    }
  }
  process.stdout.write(
    `load of the machine: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')}\n`,
  );
} finally {
  await server.server.stop();
}

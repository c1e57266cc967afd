// CPU time per million records beside the client libraries alone, on a real server, in interleaved rounds; medians are compared:
//   node --conditions=millrace:source packages/receivers/postgres/test/throughput/main.ts [rounds] [records]
import { execFile } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dropSlot } from '../changes-target.ts';
import { type Database, Server } from '../database.ts';

const rounds = Number(process.argv[2] ?? 5);
const records = Number(process.argv[3] ?? 300_000);
const PROGRAMS = { bare: 'bare-client.ts', engine: 'engine.ts' } as const;
const NAMES = ['bare', 'engine'] as const;

/** Rows of about eighty bytes, in a table and in a slot. */
async function filled(server: Server): Promise<Database> {
  const database = await server.database();
  const { schema } = database;
  await database.run(
    `CREATE TABLE records (id bigint, customer text, amount integer, currency text, txid xid8 NOT NULL DEFAULT pg_current_xact_id())`,
    'CREATE UNIQUE INDEX ON records (txid, id)',
    'ALTER TABLE records ALTER id SET NOT NULL',
    `CREATE PUBLICATION ${schema} FOR TABLE records (id, customer, amount, currency)`,
    `SELECT pg_create_logical_replication_slot('${schema}', 'pgoutput')`,
    `INSERT INTO records SELECT id, 'customer-' || id % 97, id % 13, 'EUR' FROM generate_series(1, ${records}) id`,
  );
  return database;
}

async function cpuMsOf(server: Server, name: keyof typeof PROGRAMS, kind: string): Promise<number> {
  const database = await filled(server);
  const file = fileURLToPath(new URL(PROGRAMS[name], import.meta.url));
  const args = [kind, server.port, database.schema, records].map(String);
  const command = ['--conditions=millrace:source', file, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  await dropSlot(database);
  await database.run(`DROP SCHEMA ${database.schema} CASCADE`);
  return (JSON.parse(stdout) as { readonly cpuMs: number }).cpuMs * (1_000_000 / records);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const server = await Server.start({ SLOT_WAL_KEEP: '-1' });
if (server === undefined)
  throw new Error('PostgreSQL is not installed: run tools/servers/postgres.sh install');
try {
  for (const kind of ['rows', 'changes']) {
    const found = { bare: [] as number[], engine: [] as number[] };
    for (let round = 0; round < rounds; round += 1)
      for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed())
        found[name].push(await cpuMsOf(server, name, kind));
    const [bare, engine] = [median(found.bare), median(found.engine)];
    const text = `bare client ${Math.round(bare)} ms, engine ${Math.round(engine)} ms of CPU per million records: ${(engine / bare).toFixed(2)} ×`;
    process.stdout.write(`${kind}: ${text}\n`);
  }
  process.stdout.write(
    `load of the machine: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')}\n`,
  );
} finally {
  await server.stop();
}

// A million waiting rows before a program whose batches take long: the heap stays within the bytes in flight and 64 MiB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { dropSlot } from './changes-target.ts';
import type { Database, Server } from './database.ts';
import { RECORDS_TABLE } from './rows-target.ts';
import { withPostgres } from './with-postgres.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const RECORDS = 1_000_000;
const TRANSACTIONS = 10;
const BATCHES = 6;
const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;

const { itWithPostgres } = withPostgres({ SLOT_WAL_KEEP: '-1' });

interface Heap {
  readonly seen: number;
  readonly heapUsed: number;
}

let filled: Promise<Database> | undefined;

/** The table with the waiting rows, which also wait in a slot; written once. */
function waitingRows(server: Server): Promise<Database> {
  filled ??= fill(server);
  return filled;
}

async function fill(server: Server): Promise<Database> {
  const database = await server.database();
  const { schema } = database;
  await database.run(
    RECORDS_TABLE,
    `CREATE PUBLICATION ${schema} FOR TABLE records`,
    `SELECT pg_create_logical_replication_slot('${schema}', 'pgoutput')`,
  );
  const each = RECORDS / TRANSACTIONS;
  for (let part = 0; part < TRANSACTIONS; part += 1)
    await database.run(
      `INSERT INTO records (id, note) SELECT id, repeat('x', 60) FROM generate_series(${part * each}, ${(part + 1) * each - 1}) id`,
    );
  return database;
}

/** The heap after each of some batches. */
async function heapOf(kind: string, { schema, server }: Database): Promise<readonly Heap[]> {
  const table = new ResultTable();
  onTestFinished(() => table.remove());
  const args = [kind, server.port, schema, table.directory, BYTES_IN_FLIGHT].map(String);
  const flags = ['--expose-gc', '--conditions=millrace:source'];
  const program = spawn(process.execPath, [...flags, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(program, 'exit');
  const found: Heap[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    const heap = JSON.parse(line) as Heap;
    found.push(heap);
    if (found.length === BATCHES) break;
  }
  program.kill('SIGKILL');
  await exited;
  return found;
}

describe('the heap before a table with a million waiting rows', () => {
  for (const kind of ['rows', 'changes']) {
    itWithPostgres(
      `is bounded while batches take long (${kind})`,
      async (server) => {
        const database = await waitingRows(server);
        const heaps = await heapOf(kind, database);
        if (kind === 'changes') await dropSlot(database);
        expect(heaps).toHaveLength(BATCHES);
        expect(heaps.at(-1)?.seen).toBeLessThan(RECORDS);
        const most = Math.max(...heaps.map(({ heapUsed }) => heapUsed)); // bounded: a few batches
        expect(most).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
      },
      180_000,
    );
  }
});

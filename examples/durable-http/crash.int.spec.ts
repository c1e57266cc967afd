// Kills the durable program with SIGKILL at random instants, starts the program again, and checks the database: every
// record whose request was answered with success, each exactly once (WAL-1, REC-1, BAT-1, BAT-4), and sums equal to the
// sums of the records. `MILLRACE_CRASH_KILLS` (default 100) and `MILLRACE_CRASH_SEED` choose length and instants. Several programs
// live side by side, because a life mostly waits, and share the kills.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SeededRandom } from '@millrace/core';
import { freePort } from '@millrace/testing';
import { afterAll, describe, expect, it } from 'vitest';

const PROGRAMS = 4;
const KILLS = Math.ceil(Number(process.env['MILLRACE_CRASH_KILLS'] ?? 100) / PROGRAMS);
const SEED = process.env['MILLRACE_CRASH_SEED'] ?? '1';
const RECORDS_PER_REQUEST = 5;
const TEST_MS = 120_000 + KILLS * 12_000;
/** The longest time from readiness to the kill, in milliseconds. */
const LIFE_MS = 400;
/** The approximate start time of the runtime before the program's first line. */
const STARTING_MS = 150;

/** Running programs: a failed test leaves no program behind. */
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the program. */
function launch(directory: string, port: number) {
  const main = join(import.meta.dirname, 'main.ts');
  const program = ['--conditions=millrace:source', main, directory, String(port)];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts the program and waits until the program reports readiness. */
async function start(directory: string, port: number): Promise<ChildProcess> {
  const child = launch(directory, port);
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4_000)));
  const ended = once(child, 'exit').then(() => 'exit' as const);
  const outcome = await Promise.race([once(child.stdout, 'data').then(() => 'ready' as const), ended]);
  if (outcome === 'exit') throw new Error(`the program ended instead of starting:\n${log}`);
  return child;
}

/** Kills the program after this number of milliseconds. */
async function killed(child: ChildProcess, afterMs: number): Promise<void> {
  const exited = once(child, 'exit');
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  await exited;
}

/** A client that posts records to one life of the program. */
interface Sending {
  readonly port: number;
  readonly child: ChildProcess;
  readonly nextId: () => number;
  /** Called with the ids of records that were answered with success. */
  readonly onAnswered: (ids: readonly number[]) => void;
}

/** Posts records until the program has ended. */
async function send({ port, child, nextId, onAnswered }: Sending): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const ids = Array.from({ length: RECORDS_PER_REQUEST }, nextId);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ids.map((id) => ({ id, value: id * 3 }))),
      });
      await response.text();
      if (response.ok) onAnswered(ids);
    } catch {
      // Killed, or a connection kept from an earlier life: the outcome of this request is unknown, so the test expects
      // nothing about its records.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** All rows of the database. */
function readDatabase(directory: string) {
  const database = new DatabaseSync(join(directory, 'readings.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT id, value FROM readings ORDER BY id').all();
    const sums = database
      .prepare('SELECT bucket, sum(sum) AS sum FROM sums GROUP BY bucket ORDER BY bucket')
      .all();
    return {
      ids: rows.map((row) => Number(row['id'])),
      sums: new Map(sums.map((row) => [Number(row['bucket']), Number(row['sum'])])),
    };
  } finally {
    database.close();
  }
}

const seeds = Array.from({ length: PROGRAMS }, (_, program) => `${SEED}/${program + 1}`);

describe.concurrent('the program', () => {
  it.each(seeds)(
    `loses and repeats nothing in ${KILLS} kills (seed %s)`,
    { timeout: TEST_MS },
    async (seed) => {
      const directory = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
      const random = new SeededRandom(seed);
      const port = await freePort();
      const answered: number[] = [];
      let lastId = 0;
      const nextId = () => (lastId += 1);
      for (let kill = 0; kill < KILLS; kill += 1) {
        if (random.integer(4) === 0) {
          // One life in four ends while the program is still starting, during recovery.
          await killed(launch(directory, port), STARTING_MS + random.integer(LIFE_MS));
          continue;
        }
        const child = await start(directory, port);
        const firstAnswer = Promise.withResolvers<void>();
        const onAnswered = (ids: readonly number[]) => {
          answered.push(...ids);
          firstAnswer.resolve();
        };
        const senders = [0, 1, 2].map(() => send({ port, child, nextId, onAnswered }));
        // One life in three may end before any answer; the other lives get some requests answered on any machine.
        if (random.integer(3) > 0) await Promise.race([firstAnswer.promise, once(child, 'exit')]);
        await killed(child, random.integer(LIFE_MS));
        await Promise.all(senders);
      }
      const last = await start(directory, port);
      const exited = once(last, 'exit');
      last.kill('SIGINT');
      expect(await exited).toEqual([0, null]);

      const { ids, sums } = readDatabase(directory);
      const present = new Set(ids);
      expect(answered.length).toBeGreaterThan(KILLS);
      expect(answered.filter((id) => !present.has(id))).toEqual([]);
      expect(ids).toHaveLength(present.size);
      const expected = new Map<number, number>();
      for (const id of ids) expected.set(id % 10, (expected.get(id % 10) ?? 0) + id * 3);
      expect(sums).toEqual(new Map([...expected].toSorted(([a], [b]) => a - b)));
      rmSync(directory, { recursive: true });
    },
  );
});

// The same program on one thread, on two threads, and on three hosts with a real server of NATS: every output of every batch is
// the same, record by record and in the same order.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { FLAG, startHost, type StartedProcess } from './host-processes.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'programs', 'every-operator.ts');
const APP = 'same';
const BATCHES = 14;
/** Bounds a hanging program on a machine that is busy with other work; nothing depends on the length. */
const LIMIT_MS = 240_000;

interface Printed {
  /** The results of each output: batches with their numbers, or the records of all batches. */
  readonly outputs: Readonly<Record<string, readonly unknown[]>>;
  readonly places: readonly string[];
}

let server: RealServer | undefined;
const hosts: StartedProcess[] = [];
const directories: string[] = [];

beforeAll(async () => {
  server = await startServer('nats');
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});
afterAll(async () => {
  await server?.stop();
});

async function resultsOn(master: string, executors: number): Promise<Printed> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-same-'));
  directories.push(directory);
  const args = [FLAG, PROGRAM, master, String(executors), APP, directory];
  const { stdout } = await run(process.execPath, args, { timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as Printed;
}

/** An entry is a batch as its number and its records, or a record in words. */
const hasRecords = (entry: unknown) =>
  typeof entry === 'string' || (Array.isArray(entry) && (entry[1] as readonly unknown[]).length > 0);
const pidOf = (place: string) => Number(place.split('/')[0]);

describe('the same program text', { timeout: LIMIT_MS }, () => {
  it('gives the same results in every batch on local, on local[2] and on three hosts', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const { port } = server;
    for (const name of ['h1', 'h2', 'h3'])
      hosts.push(await startHost({ server, app: APP, name, program: PROGRAM }));
    const [alone, threads, cluster] = [
      await resultsOn('local', 1),
      await resultsOn('local[2]', 2),
      await resultsOn(`nats://127.0.0.1:${port}`, 6),
    ] as const;

    // The work was where the master says.
    expect(alone.places).toHaveLength(1);
    expect(threads.places).toHaveLength(2);
    expect(new Set(cluster.places.map(pidOf))).toEqual(new Set(hosts.map(({ child }) => child.pid)));

    // No output is equal because it is empty: each has records, and every batch is there.
    const isEmpty = ([, batches]: [string, readonly unknown[]]) => !batches.some(hasRecords);
    expect(Object.entries(alone.outputs).filter(isEmpty)).toEqual([]);
    for (const name of ['words', 'files']) expect(alone.outputs[name]).toHaveLength(BATCHES);

    for (const other of [threads, cluster]) {
      expect(Object.keys(other.outputs)).toEqual(Object.keys(alone.outputs));
      expect(other.outputs).toEqual(alone.outputs);
    }
  });
});

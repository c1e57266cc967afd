import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '@millrace/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allRecords } from './seeded-batches.ts';
import { temporaryDatabase } from './temporary-database.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));
const SEED = 'millrace-1';
const KILLS = 4;
/** A program that is to be killed has more to do than it gets to. */
const ENDLESS = 100_000;

/** Runs the program; kills it in the middle of the batch after `killAfter`. Tells which batch was the last to be done. */
async function runProgram(file: string, batches: number, killAfter?: number): Promise<number> {
  const program = spawn(
    process.execPath,
    ['--conditions=millrace:source', PROGRAM, file, `${batches}`, SEED],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(program, 'exit');
  let last = 0;
  for await (const line of createInterface({ input: program.stdout })) {
    last = Number(line);
    if (last === killAfter) program.kill('SIGKILL');
  }
  expect(await exited).toEqual(killAfter === undefined ? [0, null] : [null, 'SIGKILL']);
  return last;
}

describe('sqliteSink in a process that is killed', () => {
  it('has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)', async () => {
    const database = temporaryDatabase();
    onTestFinished(() => database.remove());
    const records = () => database.rows('SELECT record FROM records').map(({ record }) => String(record));
    const random = new SeededRandom(SEED);
    let done = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      done = Math.max(done, await runProgram(database.file, ENDLESS, 1 + random.integer(30)));
      const outside = new Set(records());
      expect(allRecords(done, SEED).filter((record) => !outside.has(record))).toEqual([]);
    }
    // No program has begun more than one batch after the last that was done.
    await runProgram(database.file, done + 1);
    expect(records().toSorted()).toEqual(allRecords(done + 1, SEED).toSorted());
  }, 60_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allRecords } from './seeded-batches.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));
const SEED = 'millrace-1';
const KILLS = 4;
/** A program that is to be killed has more to do than it gets to. */
const ENDLESS = 100_000;

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'millrace-sink-files-'))));
afterEach(async () => rm(directory, { recursive: true, force: true }));

/** Runs the program; kills it in the middle of the batch after `killAfter`. Tells which batch was the last to be done. */
async function runProgram(batches: number, killAfter?: number): Promise<number> {
  const out = join(directory, 'out');
  const program = spawn(
    process.execPath,
    ['--conditions=millrace:source', PROGRAM, out, `${batches}`, SEED],
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

async function linesIn(path: string): Promise<readonly string[]> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.txt'));
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
}

describe('filesSink in a process that is killed', () => {
  it('has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)', async () => {
    const random = new SeededRandom(SEED);
    const out = join(directory, 'out');
    let done = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      done = Math.max(done, await runProgram(ENDLESS, 1 + random.integer(30)));
      const outside = new Set(await linesIn(out));
      expect(allRecords(done, SEED).filter((record) => !outside.has(record))).toEqual([]);
    }
    // No program has begun more than one batch after the last that was done.
    await runProgram(done + 1);
    expect((await linesIn(out)).toSorted()).toEqual(allRecords(done + 1, SEED).toSorted());
    expect(await readdir(join(out, '.millrace'))).toEqual([]);
  }, 60_000);
});

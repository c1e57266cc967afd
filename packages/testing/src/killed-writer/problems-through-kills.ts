// Whether a sink keeps its word when its process is killed. A program writes seeded batches, is killed amid one of them,
// and begins again from the first, several times. What a batch that was done has written must be there each time, and in
// the end every record exactly once (SINK-1, SINK-2).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SeededRandom } from '@millrace/core';
import { seededRecords } from './seeded-batches.ts';

/** What to kill, and how to look at what it has written. */
export interface KilledWriter {
  /** Arguments for Node: options, the program, and where it writes. The program calls `writeSeededBatches` with the rest. */
  readonly command: readonly string[];
  /** Every record that is there for others to see. */
  readonly records: () => readonly string[] | Promise<readonly string[]>;
  /** How often it is killed. Default 4. */
  readonly kills?: number;
  /** Decides about records and kills. */
  readonly seed?: string;
}

/** A program that is to be killed has more to do than it gets to. */
const ENDLESS = 100_000;
/** A program is killed after one of its first batches, so many at most. */
const BATCHES_MAX = 30;
const TOLD_MAX = 5;

/** What is not as it should be, in words; nothing when the sink keeps its word. */
export async function problemsThroughKills(writer: KilledWriter): Promise<readonly string[]> {
  const { command, records, kills = 4, seed = 'millrace-1' } = writer;
  const random = new SeededRandom(seed);
  const problems: string[] = [];
  let done = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const killAfter = 1 + random.integer(BATCHES_MAX);
    done = Math.max(done, await run({ command, seed, batches: ENDLESS, killAfter }));
    const outside = new Set(await records());
    const lost = seededRecords(done, seed).filter((record) => !outside.has(record));
    // bounded: a line for each of a few kinds
    problems.push(...told(`of a batch that was done, and not there after kill ${kill}`, lost));
  }
  // No program has begun more than one batch after the last that was done.
  await run({ command, seed, batches: done + 1 });
  return [...problems, ...differences(await records(), seededRecords(done + 1, seed))];
}

interface ProgramRun {
  readonly command: readonly string[];
  readonly seed: string;
  readonly batches: number;
  /** Kill it in the middle of the batch after this one. */
  readonly killAfter?: number;
}

/** Answers the last batch that was done. @throws when the program ends in another way than it should. */
async function run({ command, seed, batches, killAfter }: ProgramRun): Promise<number> {
  const args = [...command, `${batches}`, seed];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(program, 'exit') as Promise<[number | null, string | null]>;
  let last = 0;
  for await (const line of createInterface({ input: program.stdout })) {
    last = Number(line);
    if (last === killAfter) program.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  const isAsExpected = killAfter === undefined ? code === 0 : signal === 'SIGKILL';
  if (!isAsExpected) throw new Error(`the program ended with ${signal ?? code} after batch ${last}`);
  return last;
}

function differences(found: readonly string[], expected: readonly string[]): readonly string[] {
  const [there, wanted] = [new Set(found), new Set(expected)];
  const seen = new Set<string>();
  const twice = found.filter((record) => seen.has(record) || !seen.add(record));
  return [
    ...told('not there', [...wanted.difference(there)]),
    ...told('there, and never written', [...there.difference(wanted)]),
    ...told('there more than once', twice),
  ];
}

function told(what: string, records: readonly string[]): readonly string[] {
  return records.slice(0, TOLD_MAX).map((record) => `${what}: ${record.slice(0, 20)}`);
}

// Checks that a sink keeps its guarantees across kills of its process. A program writes seeded batches, is killed
// during one of them and starts again from the first batch, several times. After each kill all records of completed
// batches must be visible. In the end every record must be visible exactly once (SINK-1, SINK-2).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SeededRandom } from '@millrace/core';
import { seededRecords } from './seeded-batches.ts';

/** The program to kill, and a view of its output. */
export interface KilledWriter {
  /**
   * Arguments for Node: options, the program, and its output location. The program passes the remaining arguments to
   * `writeSeededBatches`.
   */
  readonly command: readonly string[];
  /** All records that readers can see. */
  readonly records: () => readonly string[] | Promise<readonly string[]>;
  /** The number of kills. Default 4. */
  readonly kills?: number;
  /** Decides the records and the moments of the kills. */
  readonly seed?: string;
}

/** More batches than a program can write before the kill. */
const ENDLESS = 100_000;
/** The maximum number of batches before a kill. */
const BATCHES_MAX = 30;
const TOLD_MAX = 5;

/** The problems found, in words; empty when the sink keeps its guarantees. */
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
    problems.push(...told(`of a completed batch and missing after kill ${kill}`, lost));
  }
  // No program begins more than one batch after the last completed batch.
  await run({ command, seed, batches: done + 1 });
  return [...problems, ...differences(await records(), seededRecords(done + 1, seed))];
}

interface ProgramRun {
  readonly command: readonly string[];
  readonly seed: string;
  readonly batches: number;
  /** Kills the program in the middle of the batch after this one. */
  readonly killAfter?: number;
}

/** Returns the last completed batch. @throws when the program ends in an unexpected way. */
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
    ...told('missing', [...wanted.difference(there)]),
    ...told('present but never written', [...there.difference(wanted)]),
    ...told('present more than once', twice),
  ];
}

function told(what: string, records: readonly string[]): readonly string[] {
  return records.slice(0, TOLD_MAX).map((record) => `${what}: ${record.slice(0, 20)}`);
}

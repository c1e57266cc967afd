// Bad records in a real process that is killed with SIGKILL again and again, in one process, on several executors of a
// process and on threads: every good record is in the results once, every bad one in the dead letters once.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@millrace/core';
import { readDeadLetters, replayDeadLetters } from '@millrace/sink-files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fate, fateOf } from './programs/bad-records-fates.ts';

const NUMBERS = 1_500;
const KILLS = 3;

let directory: string;
const running = new Set<ChildProcess>();
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'millrace-bad-'))));
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
});

function launch(mode: string) {
  const program = join(import.meta.dirname, 'programs/bad-records.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=millrace:source', program, directory, mode, `${NUMBERS}`],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (printed = (printed + text.toString()).slice(-8_000)));
  running.add(child);
  const exit = once(child, 'exit').finally(() => running.delete(child));
  return { child, exit, printed: () => printed };
}

/** The lines of all files of a sink, as JSON. */
function linesOf(name: string): readonly Readonly<Record<string, number>>[] {
  return readdirSync(join(directory, name), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) =>
      readFileSync(join(directory, name, entry.name), 'utf8')
        .split('\n')
        .slice(0, -1),
    )
    .map((line) => JSON.parse(line) as Record<string, number>);
}

const numbersOf = (name: string) =>
  linesOf(name)
    .map(({ n = -1 }) => n)
    .toSorted((a, b) => a - b);
const all = Array.from({ length: NUMBERS }, (_, n) => n);
/** The fates of records that are in no result. */
const LEFT_OUT: readonly Fate[] = ['throws', 'promise', 'rejects', 'no data', 'schema'];
const without = (...fates: Fate[]) => all.filter((n) => !fates.includes(fateOf(n) as Fate));
const only = (...fates: Fate[]) => all.filter((n) => fates.includes(fateOf(n) as Fate));

async function lettersByOperator(): Promise<Record<string, readonly number[]>> {
  const letters: Record<string, number[]> = {};
  for await (const { letter } of readDeadLetters(join(directory, 'dead-letters'))) {
    const operator = `${letter.operator} of ${letter.stream}`;
    (letters[operator] ??= []).push(Number(/\d+(?=\D*$)|(?<=n: )\d+/.exec(numberTextOf(letter.record))?.[0]));
  }
  return Object.fromEntries(
    Object.entries(letters).map(([name, list]) => [name, list.toSorted((a, b) => a - b)]),
  );
}

/** The part of a record that ends with its number. */
function numberTextOf(record: string): string {
  return /"n":\d+/.exec(record)?.[0] ?? /n: \d+/.exec(record)?.[0] ?? record;
}

describe.each(['local', 'several', 'threads'])('bad records on %s', (mode) => {
  it('are dead letters once over kills, and good records results once', async () => {
    const random = new SeededRandom(mode.length);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const life = launch(mode);
      await Promise.race([once(life.child.stdout, 'data'), life.exit]);
      await new Promise((resolve) => setTimeout(resolve, 100 + random.integer(1_000)));
      life.child.kill('SIGKILL');
      await life.exit;
    }
    const last = launch(mode);
    const [code] = (await last.exit) as [number | null];
    expect([code, last.printed()]).toEqual([0, expect.stringContaining('clean true') as string]);
    const good = without(...LEFT_OUT);
    expect(numbersOf('numbers')).toEqual(good);
    const sum = linesOf('sums').reduce((total, { sum: part = 0 }) => total + part, 0);
    expect(sum).toBe(good.reduce((total, n) => total + n, 0));
    expect(numbersOf('states')).toEqual(without(...LEFT_OUT, 'state'));
    expect(numbersOf('ahead')).toEqual(only('far ahead'));
    expect(await lettersByOperator()).toEqual({
      'validate of form': only('schema'),
      'map of check': only('throws', 'promise'),
      'mapAsync of lookup': only('rejects'),
      'store of 0-numbers': only('no data'),
      'mapWithState of counted.state': only('state'),
      'assignTimestamps of times.source': only('far ahead'),
    });
    const replayed: string[] = [];
    const report = await replayDeadLetters(join(directory, 'dead-letters'), async (records) => {
      replayed.push(...records);
    });
    expect(report).toEqual({
      replayed: all.length - without(...LEFT_OUT, 'state', 'far ahead').length - only('no data').length,
      before: 0,
      notReplayable: only('no data').length,
    });
    expect(replayed).toContain(JSON.stringify({ n: 13, atMs: 1_013 }));
  }, 400_000);
});

// The project of `npm create millrace` under load and under `kill -9`. Each request brings five readings of a sensor of its own
// and one in an unknown unit, so the number of readings and of dead letters of a sensor says whether the request was lost, counted
// once or counted twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { DeadLetter } from '@millrace/core';

const READINGS_PER_REQUEST = 5;
const SENDERS = 4;
/** From the first answer of a life to its kill, in milliseconds. */
const LIFE_MS = 1_500;
const PATIENCE_MS = 60_000;
/** Event time of the first reading; each further request is 10 ms later. */
const BEGIN_MS = Date.UTC(2026, 0, 1);

/** One way to start the program. */
export interface PipelineCommand {
  readonly line: readonly [program: string, ...args: readonly string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The outcome of all lives. */
export interface KillReport {
  readonly kills: number;
  readonly answered: number;
  /** Answered requests without all of their readings in the results. */
  readonly lost: readonly string[];
  /** Requests with more readings in the results than were sent. */
  readonly doubled: readonly string[];
  /** Answered requests whose bad reading is not exactly once among the dead letters, and others with more than one. */
  readonly wrongLetters: readonly string[];
}

/** A load on the program, over many lives of the program. */
export class KilledPipeline {
  readonly #url: string;
  readonly #answered = new Set<string>();
  #requests = 0;
  #kills = 0;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/readings`;
  }

  /** Starts the program, posts readings and kills the program with its children after a random time. */
  async liveAndDie(command: PipelineCommand): Promise<void> {
    const program = await this.#start(command);
    const before = this.#answered.size;
    const senders = Array.from({ length: SENDERS }, () => this.#send(program.child));
    while (this.#answered.size === before && program.child.exitCode === null) await setTimeout(10);
    await setTimeout(Math.random() * LIFE_MS);
    await program.end('SIGKILL');
    await Promise.all(senders);
    this.#kills += 1;
  }

  /**
   * Starts the program a last time, lets all windows end, and stops the program in order.
   *
   * @param whileRunning Called before the stop.
   */
  async finish(command: PipelineCommand, whileRunning: () => Promise<void>): Promise<void> {
    const program = await this.#start(command);
    // Far behind all windows, and behind the time for which windows accept late readings.
    const atMs = this.#timeOf(this.#requests) + 3_600_000;
    while (!(await this.#post('end', atMs))) await setTimeout(10);
    await setTimeout(3_000);
    await whileRunning();
    const code = await program.end('SIGTERM');
    if (code !== 0) throw new Error(`the pipeline ended with ${code} after SIGTERM\n${program.output()}`);
  }

  /** Compares the results with the answers. */
  report(dataDirectory: string, letters: readonly DeadLetter[]): KillReport {
    const counts = readingsBySensor(join(dataDirectory, 'results.db'));
    const answered = [...this.#answered].filter((sensor) => sensor !== 'end');
    const lettersOf = new Map<string, number>();
    for (const { record } of letters) {
      const { sensor } = JSON.parse(record) as { readonly sensor: string };
      lettersOf.set(sensor, (lettersOf.get(sensor) ?? 0) + 1);
    }
    const isAnswered = new Set(answered);
    return {
      kills: this.#kills,
      answered: answered.length,
      lost: answered.filter((sensor) => (counts.get(sensor) ?? 0) < READINGS_PER_REQUEST),
      doubled: [...counts].filter(([, count]) => count > READINGS_PER_REQUEST).map(([sensor]) => sensor),
      wrongLetters: [...new Set([...answered, ...lettersOf.keys()])].filter((sensor) => {
        if (sensor === 'end') return false;
        const count = lettersOf.get(sensor) ?? 0;
        return count > 1 || (count === 0 && isAnswered.has(sensor));
      }),
    };
  }

  async #send(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null) {
      const number = this.#requests;
      this.#requests += 1;
      // A refused connection, or one from an earlier life: the outcome is unknown, and the sensor is never used again.
      if (!(await this.#post(`sensor-${number}`, this.#timeOf(number)))) await setTimeout(5);
    }
  }

  /** Posts the readings of one sensor; true when the answer is a success. */
  async #post(sensor: string, atMs: number): Promise<boolean> {
    const at = new Date(atMs).toISOString();
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          ...Array.from({ length: READINGS_PER_REQUEST }, (_, value) => ({ sensor, at, value })),
          { sensor, at, value: 0, unit: 'unknown' },
        ]),
      });
      await response.text();
      if (response.ok) this.#answered.add(sensor);
      return response.ok;
    } catch {
      return false;
    }
  }

  #timeOf(request: number): number {
    return BEGIN_MS + request * 10;
  }

  async #start({ line: [program, ...args], cwd, env }: PipelineCommand) {
    // A group of its own: `npm start` is npm, a shell and the program.
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (chunk: Buffer) => void (text = (text + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ended = once(child, 'close');
    const end = async (signal: NodeJS.Signals): Promise<number | null> => {
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), signal);
      await ended;
      return child.exitCode;
    };
    for (let waitedMs = 0; !text.includes('ready: '); waitedMs += 10) {
      if (child.exitCode !== null || waitedMs > PATIENCE_MS) {
        await end('SIGKILL');
        throw new Error(`the pipeline did not start\n${text}`);
      }
      await setTimeout(10);
    }
    return { child, end, output: () => text };
  }
}

/** The number of readings of each sensor in windows and among late readings. */
function readingsBySensor(file: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  const isThere = (table: string) =>
    database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) !== undefined;
  const counts = new Map<string, number>();
  for (const [table, amount] of [
    ['windows', 'sum(count)'],
    ['late_readings', 'count(*)'],
  ] as const) {
    if (!isThere(table)) continue;
    for (const row of database
      .prepare(`SELECT sensor, ${amount} AS amount FROM ${table} GROUP BY sensor`)
      .all()) {
      const sensor = String(row['sensor']);
      counts.set(sensor, (counts.get(sensor) ?? 0) + Number(row['amount']));
    }
  }
  database.close();
  return counts;
}

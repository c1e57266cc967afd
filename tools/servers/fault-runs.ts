// A whole engine under faults: a program reads numbered records from a real server while the program is killed, the server is
// killed, and connections break, at instants that a seed decides. In the end every record has to be in the result once.
//
//   sender ──► real server ──► proxy ──► program (killed, started again) ──► result
//              killed           cut, stalled
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type RandomSource, SeededRandom } from '@millrace/core';
import { PacedSender, RECORDS } from './paced-sender.ts';

/** A fault beside the death of the program. */
export interface Fault {
  readonly name: string;
  /** Resolves when the fault is over. */
  readonly inject: (random: RandomSource) => Promise<void>;
}

/** A program, its source and its result. */
export interface FaultedProgram {
  /** Decides the faults and their instants. */
  readonly seed: number;
  /** Arguments for Node: options, the program and its arguments. The program runs until it is killed. */
  readonly command: readonly string[];
  /** The number of records; default 3,000. */
  readonly records?: number;
  /** Puts records into the source, through every fault. */
  readonly send: (ids: readonly number[]) => Promise<void>;
  readonly faults: readonly Fault[];
  /** Every id in the result, in any order, with repetitions. */
  readonly results: () => Promise<readonly number[]>;
  /**
   * Awaited before each kill of the program, with records still being sent; see `untilAtWork`. Default: kills come at any instant,
   * also before the program has connected.
   */
  readonly beforeKill?: (life: ProgramLife) => Promise<void>;
  /** Called while the program is dead; the problems that are found. */
  readonly whileDead?: () => Promise<readonly string[]>;
  /** Awaited when the result is complete, while the program still runs: what the source is to be told of the last records. */
  readonly whenComplete?: () => Promise<void>;
}

/** The program from a start to a kill. */
export interface ProgramLife {
  /** The number of records that were sent before the start: the source gets the ids from here on during this life. */
  readonly sentBefore: number;
}

/** The limit of the test of a run. Nothing depends on the length: a busy machine starts and restarts programs slowly. */
export const FAULT_RUN_MS = 600_000;
/** The longest wait for a program that shows what was stored: its start, and the replay of its log. */
export const REPLAY_MS = 120_000;

/** Faults of one run. The first is a kill of the program, and half of the others are. */
const FAULTS = 5;
const FAULT_PAUSE_MAX_MS = 1_200;
const DEAD_MAX_MS = 300;
/** The longest time without a further record in the result; a busy machine is slow, and not still. */
const STILL_MS = 90_000;
const LOOK_MS = 200;
/** A result that is complete may still get a record twice. */
const SETTLE_MS = 1_000;

/** The problems of one run, in words; empty when every record is in the result once. */
export async function problemsThroughFaults(program: FaultedProgram): Promise<readonly string[]> {
  const random = new SeededRandom(program.seed);
  const told: string[] = [];
  const sender = new PacedSender({ ...program, isLong: program.beforeKill !== undefined });
  const running = new KilledProgram(program, sender);
  let stillness: readonly string[];
  running.start();
  try {
    const sending = sender.sendAll();
    // Awaited behind the faults; a failure before is no rejection without a handler.
    sending.catch(() => undefined);
    for (let fault = 0; fault < FAULTS; fault += 1) {
      await setTimeout(random.integer(FAULT_PAUSE_MAX_MS));
      const isKill = fault === 0 || random.integer(2) === 0;
      const chosen = isKill ? undefined : program.faults[random.integer(program.faults.length)];
      told.push(chosen?.name ?? 'kill of the program');
      if (chosen === undefined) await running.killAndStart(random);
      else await chosen.inject(random);
    }
    sender.hurry();
    await sending;
    stillness = await untilComplete(program, running);
    if (stillness.length === 0) await program.whenComplete?.();
  } finally {
    await running.kill();
  }
  const problems = [
    ...running.problems,
    ...stillness,
    ...differences(await program.results(), program.records),
  ];
  return problems.map((problem) => `seed ${program.seed} (${told.join(', ')}): ${problem}`);
}

/** Waits while the result grows. Returns the words about a result that has stood still. */
async function untilComplete(
  { results, records = RECORDS }: FaultedProgram,
  running: KilledProgram,
): Promise<readonly string[]> {
  let seen = 0;
  for (let stillMs = 0; stillMs < STILL_MS; stillMs += LOOK_MS) {
    running.assertAlive();
    const { size } = new Set(await results());
    if (size >= records) {
      await setTimeout(SETTLE_MS);
      return [];
    }
    if (size > seen) stillMs = 0;
    seen = size;
    await setTimeout(LOOK_MS);
  }
  return [`no further record for ${STILL_MS / 1_000} s; the program printed: ${running.output || 'nothing'}`];
}

function differences(found: readonly number[], records = RECORDS): readonly string[] {
  const counts = new Map<number, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const missing = Array.from({ length: records }, (_, id) => id).filter((id) => !counts.has(id));
  const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => id);
  return [
    ...(missing.length === 0 ? [] : [`missing: ${shortList(missing)}`]),
    ...(twice.length === 0 ? [] : [`more than once: ${shortList(twice)}`]),
  ];
}

function shortList(ids: readonly number[]): string {
  return `${ids.length} records (${ids.slice(0, 10).join(', ')}${ids.length > 10 ? ', …' : ''})`;
}

/** The program, in one process after the other. */
class KilledProgram {
  readonly problems: string[] = [];
  readonly #program: FaultedProgram;
  readonly #sender: PacedSender;
  #life: ProgramLife = { sentBefore: 0 };
  #process: ChildProcess | undefined;
  #output = '';
  #isKilled = false;

  constructor(program: FaultedProgram, sender: PacedSender) {
    this.#program = program;
    this.#sender = sender;
  }

  /** The last output of all processes. */
  get output(): string {
    return this.#output;
  }

  start(): void {
    this.#isKilled = false;
    this.#life = { sentBefore: this.#sender.sent };
    const process_ = spawn(process.execPath, [...this.#program.command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (bytes: Buffer): void => {
      this.#output = `${this.#output}${bytes.toString()}`.slice(-8_192);
    };
    process_.stdout.on('data', keep);
    process_.stderr.on('data', keep);
    this.#process = process_;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    const process_ = this.#process;
    if (process_ === undefined || process_.exitCode !== null || process_.signalCode !== null) return;
    const exited = once(process_, 'exit');
    process_.kill('SIGKILL');
    await exited;
  }

  async killAndStart(random: RandomSource): Promise<void> {
    await this.#program.beforeKill?.(this.#life);
    this.assertAlive();
    await this.kill();
    for (const problem of (await this.#program.whileDead?.()) ?? []) this.problems.push(problem);
    await setTimeout(random.integer(DEAD_MAX_MS));
    this.start();
  }

  /** @throws Error with the output of a program that has ended by itself. */
  assertAlive(): void {
    const { exitCode, signalCode } = this.#process ?? {};
    if (this.#isKilled || (exitCode === null && signalCode === null)) return;
    throw new Error(`the program ended by itself (${exitCode ?? signalCode}): ${this.#output}`);
  }
}

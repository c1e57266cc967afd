// One run: a cluster in namespaces of its own, faults that the seed decides, and the checks of the results at the end.
//
//   sender ──► stream MESSAGES ─┐
//                               ├─► program on two drivers and two hosts ──► collector ──► ledger
//   numbers, made by a receiver ┘         ▲ faults
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, SeededRandom } from '@millrace/core';
import { Cluster, DRIVERS, HOSTS, MACHINES, SERVERS } from '../cluster/cluster.ts';
import type { MachineProcess } from '../cluster/machine-process.ts';
import { Network } from '../cluster/network.ts';
import { faultOf } from './fault.ts';
import { kindsOf, nameOf } from './fault-kinds.ts';
import { type Delivery, Ledger, type LedgerSummary } from './ledger.ts';
import { APP, type LedStream } from './names.ts';
import { NetworkFaults } from './network-faults.ts';
import { REPLACED, Supervisor } from './supervisor.ts';

/** A run. */
export interface SeededRunOptions {
  readonly seed: number;
  /** The number of faults, one after the other. */
  readonly faults: number;
  readonly clock: Clock;
  readonly tell: (line: string) => void;
  /** Ends the run early, and removes everything. */
  readonly signal: AbortSignal;
}

/** A fault and what came of it. */
export interface FaultResult {
  /** The kind, in words. */
  readonly name: string;
  /** The longest time without results. */
  readonly gapMs: number;
  readonly goalMs: number;
}

/** The end of a run. */
export interface SeededRunResult {
  readonly faults: readonly FaultResult[];
  /** In words; none when all results are right. */
  readonly problems: readonly string[];
  readonly summary: LedgerSummary;
}

/** Results that are missing for longer end the run: a busy machine is slow, and not still. */
const STILL_MS = 90_000;
/** Between the end of a fault and the next one, with results. */
const CALM_MS = 2_000;
const LOOK_MS = 100;

/**
 * Runs a cluster under the faults of a seed. The logs of a run with problems stay in a directory that the last problem names.
 *
 * @throws Error when a part cannot be started, or the signal's reason.
 */
export async function runSeed(options: SeededRunOptions): Promise<SeededRunResult> {
  const directory = mkdtempSync(join(tmpdir(), `millrace-faults-${options.seed}-`));
  const network = new Network(`${options.seed}-`);
  const cluster = new Cluster(network, directory, {
    app: APP,
    script: join(import.meta.dirname, 'program.ts'),
  });
  let isClean = false;
  try {
    network.make(MACHINES);
    const run = new SeededRun(options, cluster);
    const stopped = Promise.withResolvers<never>();
    const onAbort = (): void => stopped.reject(options.signal.reason as Error);
    options.signal.addEventListener('abort', onAbort);
    options.signal.throwIfAborted();
    const result = await Promise.race([run.run(), stopped.promise]).finally(() => {
      options.signal.removeEventListener('abort', onAbort);
      run.end();
    });
    isClean = result.problems.length === 0;
    return isClean ? result : { ...result, problems: [...result.problems, `logs: ${directory}`] };
  } catch (error) {
    isClean = options.signal.aborted;
    if (!isClean) options.tell(`logs: ${directory}`);
    throw error;
  } finally {
    await cluster.end();
    network.remove();
    if (isClean) rmSync(directory, { recursive: true, force: true });
  }
}

class SeededRun {
  readonly #options: SeededRunOptions;
  readonly #cluster: Cluster;
  readonly #ledger = new Ledger();
  readonly #leaders = new Map<string, number>();
  readonly #supervisor: Supervisor;
  #sent: number | undefined;

  constructor(options: SeededRunOptions, cluster: Cluster) {
    this.#options = options;
    this.#cluster = cluster;
    this.#supervisor = new Supervisor(cluster, options.clock);
  }

  async run(): Promise<SeededRunResult> {
    const sender = await this.#start();
    this.#supervisor.begin();
    const faults: FaultResult[] = [];
    const problems = await this.#strikeAll(faults);
    await sender.end('SIGTERM');
    const sent = this.#sent ?? 0;
    if (problems.length === 0) problems.push(...(await this.#untilComplete(sent)));
    // A driver that starts while the application stops would begin the application anew.
    await this.#supervisor.end();
    if (problems.length === 0) {
      const codes = await this.#cluster.stopDrivers();
      // A driver whose machine was cut off just before may learn only now that another one has taken over.
      const isRight = codes.includes(0) && codes.every((code) => code === 0 || code === REPLACED);
      if (!isRight) problems.push(`exit codes of the drivers: ${codes.join(', ')}`);
    }
    problems.push(...this.#supervisor.problems, ...this.#ledger.problems(sent));
    return { faults, problems, summary: this.#ledger.summary() };
  }

  end(): void {
    void this.#supervisor.end();
  }

  async #start(): Promise<MachineProcess> {
    const { clock } = this.#options;
    const cluster = this.#cluster;
    await cluster.startCollector((line) =>
      this.#ledger.add(JSON.parse(line) as Delivery, clock.monotonicMs()),
    );
    await Promise.all(MACHINES.map((machine) => cluster.startServer(machine)));
    await cluster.makeStreams();
    const script = join(import.meta.dirname, 'sender.ts');
    const sender = cluster.startBeside('sender', [script, SERVERS], (line) => this.#hear(line));
    await sender.writes('isReady');
    await Promise.all(HOSTS.map((machine) => cluster.startHost(machine)));
    for (const machine of DRIVERS) await cluster.startDriver(machine);
    const startedMs = clock.monotonicMs();
    while (this.#ledger.newestMs < startedMs) {
      if (clock.monotonicMs() - startedMs > STILL_MS) throw new Error('no results came at the start');
      await clock.sleepFor(LOOK_MS);
    }
    return sender;
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) return;
    const { stream, leader, total } = JSON.parse(line) as {
      stream?: string;
      leader?: string;
      total?: number;
    };
    if (stream !== undefined) this.#leaders.set(stream, Number(leader?.replace('server-', '')));
    this.#sent = total ?? this.#sent;
  }

  /** Every fault of the seed. Returns the words about results that came no more. */
  async #strikeAll(faults: FaultResult[]): Promise<string[]> {
    const { seed, clock, tell, faults: count } = this.#options;
    const random = new SeededRandom(`${seed}/faults`);
    const network = new NetworkFaults(this.#cluster.network, MACHINES);
    for (const kind of kindsOf(seed, count)) {
      await clock.sleepFor(CALM_MS + random.integer(1_000));
      const fault = faultOf(kind, {
        cluster: this.#cluster,
        network,
        supervisor: this.#supervisor,
        random,
        leaderOf: (stream: LedStream) => this.#leaders.get(stream),
      });
      const atMs = clock.monotonicMs();
      await fault.strike();
      await clock.sleepFor(fault.holdMs);
      await fault.mend();
      const mendedMs = clock.monotonicMs();
      while (this.#ledger.newestMs < mendedMs) {
        if (clock.monotonicMs() - mendedMs > STILL_MS)
          return [`no results of every source for ${STILL_MS / 1_000} s after this: ${fault.words}`];
        await clock.sleepFor(LOOK_MS);
      }
      const gapMs = this.#ledger.gapSince(atMs);
      tell(`${fault.words}: ${(gapMs / 1_000).toFixed(1)} s without results`);
      faults.push({ name: nameOf(kind), gapMs, goalMs: fault.goalMs });
    }
    return [];
  }

  /** Waits while messages come. Returns the words about messages that came no more; the ledger lists them. */
  async #untilComplete(sent: number): Promise<readonly string[]> {
    const { clock } = this.#options;
    let [seen, changedMs] = [0, clock.monotonicMs()];
    while (this.#ledger.messages < sent) {
      const { messages } = this.#ledger;
      const nowMs = clock.monotonicMs();
      if (messages > seen) [seen, changedMs] = [messages, nowMs];
      if (nowMs - changedMs > STILL_MS)
        return [
          `${sent - messages} messages of ${sent} are missing, and no further one came for ${STILL_MS / 1_000} s`,
        ];
      await clock.sleepFor(LOOK_MS);
    }
    return [];
  }
}

// The program behind `npm run cluster-faults`: seeded faults of a cluster, and a table of the times without results. --help lists the
// exit codes.
import { loadavg } from 'node:os';
import { messageOf, SystemClock } from '@millrace/core';
import { endWhenUnread } from '@millrace/engine';
import { useCompileCache } from '../../tools/compile-cache.ts';
import { installNats } from '../cluster/nats-server.ts';
import { whyRefused } from '../cluster/network.ts';
import { type FaultsOptions, readCommandLine } from './command-line.ts';
import { gapTable } from './gap-table.ts';
import { type FaultResult, runSeed } from './seeded-run.ts';

// A built program has no types to remove at each start.
useCompileCache();
const clock = new SystemClock();
const startedMs = clock.monotonicMs();

function tell(line: string): void {
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(1).padStart(7);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

/** Runs the seeds, and adds their faults. Returns the exit code. */
async function runSeeds(
  { seeds, from, faults }: FaultsOptions,
  all: FaultResult[],
  signal: AbortSignal,
): Promise<number> {
  let isWrong = false;
  for (let seed = from; seed < from + seeds; seed += 1) {
    tell(`seed ${seed}, load ${load()}`);
    const told = (line: string): void => tell(`  ${line}`);
    const { problems, summary, faults: done } = await runSeed({ seed, faults, clock, signal, tell: told });
    all.push(...done);
    const { numbers, messages, repeated, redelivered } = summary;
    tell(
      `  ${numbers} numbers, ${messages} messages; ${repeated} requests and ${redelivered} messages came again`,
    );
    for (const problem of problems) tell(`  WRONG: seed ${seed}: ${problem}`);
    isWrong ||= problems.length > 0;
  }
  return isWrong ? 1 : 0;
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

/** Returns the exit code. */
async function main(options: FaultsOptions): Promise<number> {
  const reason = whyRefused() ?? (await installNats().then(() => undefined, messageOf));
  if (reason !== undefined) {
    process.stderr.write(`${reason}\n`);
    return 2;
  }
  const interrupted = new AbortController();
  const onSignal = (): void => {
    tell('ends and removes everything');
    interrupted.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const faults: FaultResult[] = [];
  try {
    const code = await runSeeds(options, faults, interrupted.signal);
    if (code === 0)
      tell('every number is in the results once, no message is missing, and all totals are right');
    return code;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  } finally {
    if (faults.length > 0) process.stdout.write(`\n${gapTable(faults)}\n\nload at the end: ${load()}\n`);
  }
}

endWhenUnread();
process.exit(await main(readCommandLine(process.argv)));

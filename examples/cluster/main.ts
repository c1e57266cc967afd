// The program behind `npm run cluster-demo`: a cluster of three machines in one, parts of which are killed while results are counted.
// --help lists the exit codes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, SeededRandom, SystemClock } from '@millrace/core';
import { endWhenUnread } from '@millrace/engine';
import { useCompileCache } from '../../tools/compile-cache.ts';
import { Cluster, DRIVERS, HOSTS, MACHINES } from './cluster.ts';
import { type DemoOptions, readCommandLine } from './command-line.ts';
import { runFaults } from './faults.ts';
import { readFlights } from './flights-file.ts';
import { installNats } from './nats-server.ts';
import { Network, whyNot } from './network.ts';
import { type Delivery, Results } from './results.ts';

// A built program has no types to remove at each start.
useCompileCache();
const clock = new SystemClock();
const startedMs = clock.monotonicMs();

function tell(line: string): void {
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

async function startAll(cluster: Cluster, results: Results): Promise<void> {
  await cluster.startCollector((line) => results.add(JSON.parse(line) as Delivery, clock.monotonicMs()));
  await Promise.all(MACHINES.map((machine) => cluster.startServer(machine)));
  await cluster.makeStreams();
  tell('three servers of NATS are up, and the streams are made');
  await Promise.all(HOSTS.map((machine) => cluster.startHost(machine)));
  for (const machine of DRIVERS) await cluster.startDriver(machine);
  while (results.newestMs < 0) await clock.sleepFor(100);
  tell(
    `two hosts and two drivers run, the driver on machine ${cluster.driverInCharge} is in charge, results come`,
  );
}

/** Returns the exit code. */
async function demonstrate({ seed, seconds }: DemoOptions, cluster: Cluster): Promise<number> {
  const results = new Results();
  await startAll(cluster, results);
  await runFaults(seconds, { cluster, results, clock, tell, random: new SeededRandom(seed) });
  const codes = await cluster.stopDrivers();
  tell(`the application has stopped, exit codes of the drivers: ${codes.join(', ')}`);
  const { wrong, summary } = results.check(readFlights());
  tell(summary);
  for (const line of wrong) tell(`MISMATCH ${line}`);
  if (wrong.length === 0) tell('every flight is in the results once, and all sums equal those of the file');
  return wrong.length === 0 && codes.every((code) => code === 0) ? 0 : 1;
}

/** Returns the exit code. */
async function main(options: DemoOptions): Promise<number> {
  const reason = whyNot();
  if (reason !== undefined) {
    process.stderr.write(`${reason}\n`);
    return 2;
  }
  const network = new Network();
  const directory = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
  const cluster = new Cluster(network, directory, {
    app: 'flights',
    script: join(import.meta.dirname, 'program.ts'),
  });
  const interrupted = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.resolve(0));
  void interrupted.promise.then(() => tell('ends and removes everything'));
  // Before the namespaces are there, every error says that the demo is not possible here.
  let code = 2;
  try {
    await installNats();
    network.make(MACHINES);
    code = 1;
    code = await Promise.race([demonstrate(options, cluster), interrupted.promise]);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
  } finally {
    await cluster.end();
    network.remove();
  }
  if (code !== 1) rmSync(directory, { recursive: true, force: true });
  else process.stderr.write(`logs: ${directory}\n`);
  return code;
}

endWhenUnread();
process.exit(await main(readCommandLine(process.argv)));

// The program behind `npm start`: real flights through the whole engine, compared at the end with a direct computation.
// Exit code 0: every flight was counted, or the user stopped the program; 1: a mismatch or an error.
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dashboard, type DashboardListening, LISTENING_CHANNEL } from '@millrace/dashboard';
import { endWhenUnread, formatStopReport } from '@millrace/engine';
import { isMillraceError, Logger, messageOf, PinoLogger, provide, type Plugin } from '@millrace/core';
import { loadBalancedScheduling, localityScheduling, roundRobinScheduling } from '@millrace/scheduling';
import { threads } from '@millrace/threads';
import { flightsTable, wordsTable } from './batch-table.ts';
import { readCommandLine, type CommandOptions } from './command-line.ts';
import { durableRun } from './durable-run.ts';
import { differences, sumOf, tallyByOrigin, type AirportTallies, type Flight } from './flight-statistics.ts';
import { flightsJob } from './flights-job.ts';
import { progressOf } from './progress.ts';
import { wordsJob } from './words-job.ts';

const POLICY_PLUGINS: Readonly<Record<CommandOptions['policy'], () => Plugin>> = {
  'round-robin': () => roundRobinScheduling(),
  locality: () => localityScheduling(),
  'load-balanced': () => loadBalancedScheduling(),
};

/** The engine of both jobs: the chosen policy, the dashboard, and a log that leaves standard output to the tables. */
function pluginsFor({ policy, logLevel, dashboardPort }: CommandOptions): readonly Plugin[] {
  return [
    POLICY_PLUGINS[policy](),
    threads(),
    provide(Logger, new PinoLogger({ level: logLevel })),
    ...(dashboardPort === undefined ? [] : [dashboard({ port: dashboardPort })]),
  ];
}

/** Says where the dashboard is: only the dashboard knows its port, when the wanted one is taken. */
function announceDashboard(tell: (text: string) => void): void {
  subscribe(LISTENING_CHANNEL, (message) => tell(`dashboard: ${(message as DashboardListening).url}`));
}

/** Replays the flights; returns the exit code. */
async function runFlights(options: CommandOptions): Promise<number> {
  // The package exports only its code; the data is beside the code.
  const code = fileURLToPath(import.meta.resolve('vega-datasets'));
  const file = join(dirname(code), '..', 'data', 'flights-20k.json');
  const flights = JSON.parse(readFileSync(file, 'utf8')) as Flight[];
  const { durable: directory, receivers, batchIntervalMs } = options;
  const durable = directory === undefined ? undefined : durableRun(directory, { receivers, batchIntervalMs });
  const progress = progressOf(flights.length);
  announceDashboard((text) => progress.tell(text));
  let records = 0;
  const job = flightsJob({
    ...options,
    file,
    durable,
    plugins: pluginsFor(options),
    onBatch: (batch) => {
      records += batch.batch.recordCount;
      progress.print(options.json ? flightsJson(batch) : flightsTable(batch, options.batchIntervalMs));
      progress.update(records);
    },
  });
  let isInterrupted = false;
  job.ssc.stopOnSignals({ onSignal: () => (isInterrupted = true) });
  const report = await job.run();
  progress.end();
  process.stderr.write(`${formatStopReport(report)}\n`);
  return conclude(job.totals(), flights, isInterrupted);
}

/** Prints the totals and compares the totals with the file; returns the exit code. */
function conclude(totals: AirportTallies, flights: readonly Flight[], isInterrupted: boolean): number {
  const sum = sumOf(totals);
  const mean = sum.departures === 0 ? '-' : (sum.delaySum / sum.departures).toFixed(2);
  process.stderr.write(
    `${sum.departures} of ${flights.length} flights counted at ${totals.size} airports; ` +
      `mean delay ${mean} min; ${sum.distanceSum} miles\n`,
  );
  if (isInterrupted) return 0;
  const wrong = differences(totals, tallyByOrigin(flights));
  for (const difference of wrong) process.stderr.write(`MISMATCH ${difference}\n`);
  if (wrong.length === 0) {
    process.stderr.write('every flight was counted once, and all sums equal those of the file\n');
  }
  return wrong.length === 0 ? 0 : 1;
}

function flightsJson({ batch, airports, window }: Parameters<typeof flightsTable>[0]): string {
  return JSON.stringify({
    ...figures(batch),
    airports: Object.fromEntries(airports),
    window: Object.fromEntries(window),
  });
}

function figures(batch: Parameters<typeof flightsTable>[0]['batch']) {
  const { batchTime, recordCount, schedulingDelayMs, processingDelayMs, totalDelayMs, outcome } = batch;
  return { batchTime, recordCount, schedulingDelayMs, processingDelayMs, totalDelayMs, outcome };
}

/** Counts words until stopped; returns the exit code. */
async function runWords(options: CommandOptions, socket: { host: string; port: number }): Promise<number> {
  const { durable: directory, batchIntervalMs } = options;
  const source = `${socket.host}:${socket.port}`;
  announceDashboard((text) => process.stderr.write(`${text}\n`));
  const ssc = wordsJob({
    ...socket,
    durable: directory === undefined ? undefined : durableRun(directory, { source, batchIntervalMs }),
    batchIntervalMs,
    master: options.master,
    plugins: pluginsFor(options),
    onBatch: (batch) => {
      const { words } = batch;
      const json = () => JSON.stringify({ ...figures(batch.batch), words: Object.fromEntries(words) });
      process.stdout.write(`${options.json ? json() : wordsTable(batch, options.batchIntervalMs)}\n`);
    },
    onReceiverError: (message) => process.stderr.write(`${message}\n`),
  });
  ssc.stopOnSignals({ onStopped: (report) => process.stderr.write(`${formatStopReport(report)}\n`) });
  // Fails when nobody listens at the address within 30 seconds.
  await ssc.start({ awaitReceivers: 30_000 });
  await ssc.awaitTermination();
  return 0;
}

try {
  endWhenUnread();
  const options = readCommandLine(process.argv);
  process.exitCode = await (options.socket ? runWords(options, options.socket) : runFlights(options));
} catch (error) {
  process.stderr.write(`${isMillraceError(error) ? `${error.code}: ${error.message}` : messageOf(error)}\n`);
  process.exitCode = 1;
}

// Figures of the log on three servers of this machine, beside bare publishes to the same servers:
//
//   node --conditions=millrace:source packages/nats/test/figures/main.ts
//
// Ratios hold for other machines; the durations are those of this machine and its disk.
import type { WriteAheadLog } from '@millrace/core';
import { RealCluster } from '../real-cluster.ts';

const ENTRY = new Uint8Array(200);
const WARM_UP = 100;
const APPENDS = 1_000;
const WRITERS = 64;
const ENTRIES = 60_000;
const REPLAYED = 300_000;
const SECOND = 1_000;

const median = (durations: readonly number[]): number =>
  durations.toSorted((a, b) => a - b)[Math.floor(durations.length / 2)] ?? 0;

/** The durations of calls, one after the other, in ms. */
async function timed(call: () => Promise<unknown>, count: number): Promise<readonly number[]> {
  const durations: number[] = [];
  for (let i = 0; i < WARM_UP + count; i += 1) {
    const from = performance.now();
    await call();
    if (i >= WARM_UP) durations.push(performance.now() - from);
  }
  return durations;
}

/** Entries in a second by writers that each wait for their entry. */
async function rate(log: WriteAheadLog, writers: number, entries: number): Promise<number> {
  const from = performance.now();
  const each = Math.ceil(entries / writers);
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (let i = 0; i < each; i += 1) await log.write(ENTRY, 1);
    }),
  );
  return (each * writers * SECOND) / (performance.now() - from);
}

async function replayRate(log: WriteAheadLog): Promise<number> {
  const from = performance.now();
  let count = 0;
  for await (const record of log.readAll()) if (record.timeMs > 0) count += 1;
  return (count * SECOND) / (performance.now() - from);
}

const cluster = await RealCluster.start(3);
if (cluster === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
try {
  const bareStream = await cluster.createStream({ max_bytes: 256 * 1024 * 1024 });
  const api = await cluster.api();
  const bare = median(await timed(() => api.append({ subject: `ml.${bareStream}`, data: ENTRY }), APPENDS));
  const stream = await cluster.createStream({ max_bytes: 512 * 1024 * 1024 });
  const log = await cluster.process().open(stream);
  const one = median(await timed(() => log.write(ENTRY, 1), APPENDS));
  const rateOfOne = await rate(log, 1, APPENDS);
  const rateOfMany = await rate(log, WRITERS, ENTRIES);
  await Promise.all(Array.from({ length: REPLAYED }, () => log.write(ENTRY, 1)));
  const next = await cluster.process().open(stream);
  const replay = await replayRate(next);
  const line = (name: string, value: string): void =>
    void process.stdout.write(`${name.padEnd(44)}${value}\n`);
  line('bare publish, p50', `${bare.toFixed(2)} ms`);
  line('write of one writer, p50', `${one.toFixed(2)} ms`);
  line('  divided by the bare publish', (one / bare).toFixed(2));
  line('entries of one writer in a second', rateOfOne.toFixed(0));
  line(`entries of ${WRITERS} writers in a second`, rateOfMany.toFixed(0));
  line('  divided by one writer', (rateOfMany / rateOfOne).toFixed(1));
  line('replayed entries in a second', replay.toFixed(0));
} finally {
  await cluster.stop();
}

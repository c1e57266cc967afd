// A program for tests: a receiver that fails, on threads or in one process; prints the status and the outcome as JSON. All
// code before `start()` runs on every executor as well.
//
//   failing-receiver.ts MASTER HOW DIRECTORY [WAIT_MS]
//
//   HOW   recovers: its first two starts fail     late: no start succeeds     gives-up: the same, with a bound
//         lost: fails again and again after its start, with a bound
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { defineReceiver, Logger, noOptions, PinoLogger, provide, type ReceiverContext } from '@millrace/core';
import { type Master, StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';

const [master = 'local', how = '', directory = '', waitMs = '30000'] = process.argv.slice(2) as [
  Master?,
  ...string[],
];
const startsFile = join(directory, 'starts');

/** Counts the starts over all threads. */
function countStart(): number {
  appendFileSync(startsFile, isMainThread ? 'm' : 't');
  return readFileSync(startsFile, 'utf8').length;
}

function start(context: ReceiverContext<number>): void {
  const starts = countStart();
  if (how !== 'lost' && (how !== 'recovers' || starts <= 2)) {
    throw Object.assign(new Error(`connect ECONNREFUSED, start ${starts}`), { code: 'ECONNREFUSED' });
  }
  context.store(starts);
  if (how === 'lost') {
    context.clock.after(150, () => context.restart('the connection was lost', new Error(`run ${starts}`)));
  }
}

const source = defineReceiver({
  name: 'source',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: () => ({ start, stop: () => undefined }),
});

const isBounded = how === 'gives-up' || how === 'lost';
const ssc = new StreamingContext({
  appName: 'failing-receiver',
  batchIntervalMs: 50,
  master,
  receiving: { blockIntervalMs: 10, restartDelayMs: 20, restartDelayMaxMs: 100, ...(isBounded ? { maxRestarts: 2 } : {}) },
  tracking: { minRestartDelayMs: 20, maxRestartDelayMs: 100 },
  plugins: [threads({ program: import.meta.url }), provide(Logger, new PinoLogger({ level: 'silent' }))],
}); // prettier-ignore

const seen: number[] = [];
ssc.receiverStream(source({})).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
const states: string[] = [];
for (const event of ['receiver:restarting', 'receiver:started', 'receiver:failed'] as const)
  ssc.on(event, ({ receiver }) => void states.push(receiver.state));

let failure: unknown;
try {
  await ssc.start({ awaitReceivers: Number(waitMs) });
  if (how === 'lost') await ssc.awaitTermination();
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
} catch (error) {
  failure = error;
}
const status = ssc.status();
const { isClean } = await ssc.stop();
const { code, message, cause } = (failure ?? {}) as { code?: string; message?: string; cause?: Error };
const starts = existsSync(startsFile) ? readFileSync(startsFile, 'utf8') : '';
process.stdout.write(
  JSON.stringify({ status, states, seen, starts, isClean, code, message, cause: cause?.message }),
);

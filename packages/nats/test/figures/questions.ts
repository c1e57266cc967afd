// The time of a question to an executor over a session, beside a bare request, and the time of small batches beside their parts: an
// entry of the log and a question. Three servers on this machine; both ends of a question are in this process, connected to different
// servers; the host of the batches is a process of its own.
//
//   node --conditions=millrace:source packages/nats/test/figures/questions.ts
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MsgpackCodec, NoopLogger } from '@millrace/core';
import type { PeerService } from '@millrace/remote';
import { SubjectSessions } from '../../src/session/subject-sessions.ts';
import { FLAG, startHost } from '../host-processes.ts';
import { RealCluster } from '../real-cluster.ts';
import { middle } from './rounds.ts';

const ROUNDS = 5;
const CALLS = 1_000;
const BATCHES = 100;
const APP = 'figures';
const INIT = join(import.meta.dirname, '..', '..', 'src', 'nats-main.ts');
const PROGRAM = join(import.meta.dirname, '..', 'programs', 'small-batches.ts');
const STREAM_BYTES = `${64 * 1024 * 1024}`;
const ENTRY = new Uint8Array(200);
const SUBJECT = 'figures.bare';
const TIMEOUT_MS = 10_000;

const cluster = await RealCluster.start(3);
if (cluster === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
const { clock, random, servers } = cluster;
const run = promisify(execFile);
const codec = new MsgpackCodec();
const log = new NoopLogger();

/** The middle time of a call, in ms. */
async function p50(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let calls = 0; calls < CALLS; calls += 1) {
    const fromMs = performance.now();
    await call();
    times.push(performance.now() - fromMs);
  }
  return middle(times);
}

const line = (name: string, value: number, unit = ''): void =>
  void process.stdout.write(`${name.padEnd(52)}${value.toFixed(2)}${unit}\n`);

try {
  const [here, there] = await Promise.all(servers.slice(0, 2).map(({ port }) => cluster.link([port])));
  if (here === undefined || there === undefined) throw new Error('expected two connections');
  const [one, two] = [here, there].map(
    (link) => new SubjectSessions({ link, app: APP, clock, random, codec, log }),
  );
  if (one === undefined || two === undefined) throw new Error('expected two ends');
  const service: PeerService = {
    executorId: 'e-1',
    answer: async () => ({ records: [1] }),
    unreachable: (kind) => new Error(`unreachable: ${kind}`),
    onClose: () => undefined,
  };
  const [first, second] = one.pair();
  two.adopt(second, service);
  const peer = one.adopt(first, service);
  there.subscribe(SUBJECT, ({ reply, data }) => void (reply !== undefined && there.publish(reply, data)));

  const stream = await cluster.createStream({ max_bytes: 256 * 1024 * 1024 });
  const meta = await cluster.process().open(stream);
  const ask = () => peer.ask('FetchBlock', { epoch: 1, blockId: 'b' });
  const request = () => here.request(SUBJECT, ENTRY, { timeoutMs: TIMEOUT_MS });
  const append = () => meta.write(ENTRY, 1);
  const rounds: { asked: number; requested: number; appended: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const figures = { asked: await p50(ask), requested: await p50(request), appended: await p50(append) };
    if (round > 0) rounds.push(figures);
  }
  const asked = middle(rounds.map((round) => round.asked));
  const appended = middle(rounds.map((round) => round.appended));
  line('a question over a session, p50', asked, ' ms');
  line('a bare request, p50', middle(rounds.map((round) => round.requested)), ' ms');
  line('  question ÷ request', middle(rounds.map((round) => round.asked / round.requested)));
  line('an entry of the log, p50', appended, ' ms');

  const ports = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const sizes = ['--log-bytes', '--checkpoint-bytes', '--block-bytes'].flatMap((name) => [
    name,
    STREAM_BYTES,
  ]);
  await run(process.execPath, [
    FLAG,
    INIT,
    'init',
    '--servers',
    ports,
    '--app',
    APP,
    '--sync-verified',
    ...sizes,
  ]);
  const [server] = servers;
  if (server === undefined) throw new Error('expected a server');
  const host = await startHost({ server, app: APP, name: 'h1', program: PROGRAM });
  try {
    const args = [FLAG, PROGRAM, ports, APP, String(BATCHES)];
    const { stdout } = await run(process.execPath, args);
    const { task, empty } = JSON.parse(stdout) as { readonly task: number; readonly empty: number };
    line('an empty batch, from the tick, p50', empty, ' ms');
    line('  ÷ (entry + question)', empty / (appended + asked));
    line('a batch with one task', task, ' ms');
    line('  ÷ (entry + question)', task / (appended + asked));
  } finally {
    await host.stop('SIGTERM');
  }
} finally {
  await cluster.stop();
}

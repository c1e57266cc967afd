// Beside the machines: puts numbered messages into a stream of JetStream through every fault, one after the other, each again until
// a quorum has it; and prints the leaders of the streams. SIGTERM ends the sending and prints the number of messages. Argument: servers.
import { NodeStorage, NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { ClientLinks } from '@millrace/nats';
import { APP, LED_STREAMS, MESSAGES } from './names.ts';

const PERIOD_MS = 20;
const LOOK_MS = 500;
const ANSWER_MS = 1_000;
const BYTES = 64 * 1024 * 1024;
const clock = new SystemClock();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

const links = new ClientLinks({
  clock,
  random: new SystemRandom(),
  storage: new NodeStorage(),
  log: new NoopLogger(),
  options: {
    servers: process.argv[2] ?? '',
    clientName: 'sender',
    inboxPrefix: '_INBOX',
    connectTimeoutMs: 60_000,
  },
});
const link = await links.open('control');
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** The answer to a request; undefined without one. */
async function ask(
  subject: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | undefined> {
  try {
    const data = Buffer.from(JSON.stringify(body));
    const answer = await link.request(subject, data, { timeoutMs: ANSWER_MS, headers });
    return JSON.parse(Buffer.from(answer.data).toString()) as Answer;
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly seq?: number;
  readonly config?: object;
  readonly cluster?: { readonly leader?: string };
}

async function makeStream(): Promise<void> {
  const config = {
    name: MESSAGES,
    subjects: [MESSAGES],
    num_replicas: 3,
    storage: 'file',
    max_bytes: BYTES,
    duplicate_window: 120_000_000_000,
  };
  while ((await ask(`$JS.API.STREAM.CREATE.${MESSAGES}`, config))?.config === undefined)
    await clock.sleepFor(LOOK_MS);
}

async function sendAll(): Promise<void> {
  let number = 0;
  for (; !stop.signal.aborted; number += 1) {
    while (((await ask(MESSAGES, { number }, { 'Nats-Msg-Id': String(number) }))?.seq ?? 0) < 1)
      await clock.sleepFor(PERIOD_MS);
    await clock.sleepFor(PERIOD_MS);
  }
  tell({ total: number });
}

async function tellLeaders(): Promise<void> {
  while (!stop.signal.aborted) {
    for (const name of LED_STREAMS) {
      const info = await ask(`$JS.API.STREAM.INFO.ML_${APP}_${name}`, {});
      const leader = info?.cluster?.leader;
      if (leader !== undefined) tell({ stream: name, leader });
    }
    await clock.sleepFor(LOOK_MS);
  }
}

await makeStream();
tell({ isReady: true });
await Promise.all([sendAll(), tellLeaders()]);
await link.close();

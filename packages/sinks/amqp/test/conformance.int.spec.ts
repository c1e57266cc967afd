import { setTimeout } from 'node:timers/promises';
import { sinkConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { amqpSink } from '../src/index.ts';
import { withRabbit } from './with-rabbit.ts';

const CHECK_MS = 60_000;

const { itWithRabbit, broker } = withRabbit();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithRabbit(title, (_, context) => test(context), CHECK_MS + 10_000);

async function createTarget() {
  const queue = await broker().queue();
  return {
    createSink: () => amqpSink<unknown>({ ...broker().place, routingKey: queue, maxUnconfirmed: 500 }),
    readBack: () => broker().values(queue),
    dispose: async () => void (await broker().deleteQueue(queue)),
  };
}

/** Cuts every connection as soon as the next bytes pass. */
async function cutSoon(): Promise<void> {
  const { proxy } = broker();
  const before = proxy.sentBytes;
  const cut = async (): Promise<void> => {
    for (let looks = 0; looks < 5_000 && proxy.sentBytes === before; looks += 1) await setTimeout(1);
    proxy.cut();
  };
  void cut();
  await Promise.resolve();
}

sinkConformance(
  { describe, it },
  {
    name: 'amqpSink',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    create: createTarget,
    capabilities: { delivery: 'at-least-once' },
    record: (id): unknown => ({ id, text: `text\nof ${id}` }),
    unsupportedRecord: { id: 1n },
    faults: [
      { name: 'the connection is broken', inject: () => broker().proxy.cut() },
      { name: 'the connection breaks during a write', inject: cutSoon },
    ],
  },
);

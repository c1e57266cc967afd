// A whole engine from Kafka to Kafka under faults: committed readers see every record exactly once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Sink } from '@millrace/core';
import type { BreakingProxy } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { type Fault, FAULT_RUN_MS, problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import type { Broker } from './broker.ts';
import { kafkaSink } from '../src/index.ts';
import { write } from './opened-sinks.ts';
import { pointOf, type RequestFault } from './request-fault.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/topic-to-topic.ts', import.meta.url));
const PARTITIONS = 2;
const RECORDS = 1_000;
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 6);
/** Runs wait most of the time, so some run at once, each with a proxy of its own. */
const SIDE_BY_SIDE = 3;
const AWAY_MAX_MS = 400;
const ATTEMPTS_MAX = 10;
const killsBroker = (seed: number): boolean => seed % 4 === 0;
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

const STEPS: readonly RequestFault[] = [
  { request: 'initProducerId', takesEffect: true },
  { request: 'addPartitions', takesEffect: true },
  { request: 'produce', takesEffect: true },
  { request: 'endTransaction' },
  { request: 'endTransaction', takesEffect: true },
];

const { itWithKafka } = withKafka(SIDE_BY_SIDE);

function faultsOf(broker: Broker, proxy: BreakingProxy, seed: number): readonly Fault[] {
  const cut = { name: 'cut', inject: async () => proxy.cut() };
  const step: Fault = {
    name: 'a request is broken',
    inject: async (random) => proxy.breakAt(pointOf(STEPS[random.integer(STEPS.length)] as RequestFault)),
  };
  const kill: Fault = {
    name: 'kill of the broker',
    inject: async (random) => {
      await broker.server.kill();
      await setTimeout(random.integer(AWAY_MAX_MS));
      await broker.server.restart();
    },
  };
  return killsBroker(seed) ? [cut, step, kill] : [cut, step];
}

/** Writes through every fault; the first id of the records is their batch time. */
async function writeOnce(source: Sink<number>, ids: readonly number[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await source.write(ids, write(ids[0]));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

function itHasEveryRecordOnce(seed: number): void {
  itWithKafka(
    `has every record once with seed ${seed}`,
    (broker, { onTestFinished }) =>
      broker.proxies.lend(async (proxy) => {
        const [from, to] = [await broker.topic(PARTITIONS), await broker.topic(3)];
        const directory = await mkdtemp(join(tmpdir(), 'topic-to-topic-'));
        onTestFinished(() => rm(directory, { recursive: true, force: true }));
        const source = kafkaSink<number>(
          { host: '127.0.0.1', port: broker.port, topic: from, ledgerTopic: `${from}-ledger` },
          (id) => ({ value: { id }, partition: id % PARTITIONS }),
        );
        onTestFinished(() => source.close?.());
        await source.open?.();
        const args = [proxy.port, from, PARTITIONS, to, directory].map(String);
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          records: RECORDS,
          send: (ids) => writeOnce(source, ids),
          faults: faultsOf(broker, proxy, seed),
          results: async () => {
            const messages = await broker.committed(to);
            return messages.map(({ value }) => (JSON.parse(value ?? '{}') as { readonly id: number }).id);
          },
        });
        expect(problems).toEqual([]);
      }),
    FAULT_RUN_MS,
  );
}

describe('kafkaSink behind kafkaTopic through kills of the engine', () => {
  describe.concurrent('and broken connections', () => {
    for (const seed of seeds.filter((one) => !killsBroker(one))) itHasEveryRecordOnce(seed);
  });

  // One after the other: a killed broker is away for every run. Few seeds have none.
  for (const seed of seeds.filter(killsBroker)) itHasEveryRecordOnce(seed);
});

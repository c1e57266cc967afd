// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import { kafkaSink, type KafkaSinkInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { valuesOf, write } from './opened-sinks.ts';
import { withKafka } from './with-kafka.ts';

const PASSWORD = 'correct horse battery';

const { itWithKafka } = withKafka();

async function open(broker: Broker, options: Partial<KafkaSinkInput>) {
  const topic = await broker.topic();
  const sink = kafkaSink<string>({
    host: 'localhost',
    port: broker.securedPort,
    topic,
    ledgerTopic: `${topic}-ledger`,
    username: 'ann',
    password: PASSWORD,
    tls: { caFile: broker.certificate },
    ...options,
  });
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return { sink, topic };
}

describe('a connection with TLS and a password', () => {
  itWithKafka('writes, and shows no password', async (broker) => {
    for (const delivery of ['effectively-once', 'at-least-once'] as const) {
      const { sink, topic } = await open(broker, { delivery });
      await sink.write(['a'], write());
      expect(await valuesOf(broker, topic)).toEqual(['"a"']);
      expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
    }
  });

  const WRONG: readonly (readonly [string, Partial<KafkaSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_KAFKA_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_KAFKA_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_KAFKA_TLS_UNUSABLE'],
    ['no server', { port: 1 }, 'MR_SINK_KAFKA_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithKafka(`reports ${what}, and repeats no password`, async (broker) => {
      const failure: unknown = await open(broker, options).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }
});

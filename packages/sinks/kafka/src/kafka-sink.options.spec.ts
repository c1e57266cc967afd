import { describe, expect, it } from 'vitest';
import { type KafkaSinkInput, kafkaSinkOptions } from './kafka-sink.options.ts';
import { kafkaSink } from './kafka-sink.ts';

const OPTIONS = { host: 'h', topic: 't' };

describe('the options of kafkaSink', () => {
  it('have defaults', () => {
    expect(kafkaSinkOptions.parse(OPTIONS)).toEqual({
      ...OPTIONS,
      delivery: 'effectively-once',
      value: 'json',
      compression: 'none',
      create: false,
      requestBytes: 786_432,
      producers: 16,
      ledgerTopic: 'millrace-ledger',
      ledgerBatches: 10_000,
      transactionalIdPrefix: 'millrace',
      transactionTimeoutMs: 60_000,
      port: 9_092,
      mechanism: 'SCRAM-SHA-512',
      clientId: 'millrace',
      connectTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
    });
  });

  const WRONG: readonly (readonly [string, object, string])[] = [
    ['no broker', { host: undefined }, 'host'],
    ['two ways to a broker', { brokers: ['a:1'] }, 'host'],
    ['a user without a password', { username: 'u' }, 'username'],
    ['a name that is no topic', { topic: 'a/b' }, 'topic'],
    ['the topic as ledger', { ledgerTopic: 't' }, 'ledgerTopic'],
    ['another delivery', { delivery: 'exactly-once' }, 'delivery'],
    ['a prefix with slashes', { transactionalIdPrefix: 'a/b' }, 'transactionalIdPrefix'],
  ];
  it.each(WRONG)('refuse %s', (_, differences, name) => {
    expect(() => kafkaSink({ ...OPTIONS, ...differences } as KafkaSinkInput)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('decide what the sink claims', () => {
    expect(kafkaSink(OPTIONS).capabilities).toEqual({ delivery: 'effectively-once' });
    expect(kafkaSink({ ...OPTIONS, delivery: 'at-least-once' }).capabilities).toEqual({
      delivery: 'at-least-once',
    });
  });
});

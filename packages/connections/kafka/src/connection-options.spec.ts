import { schemaByTable } from '@millrace/core/engine';
import { expect, it } from 'vitest';
import {
  bootstrapBrokers,
  CONNECTION_RULES,
  connectionMismatches,
  type KafkaConnectionInput,
  type KafkaConnectionOptions,
} from './connection-options.ts';

const schema = schemaByTable<KafkaConnectionInput, KafkaConnectionOptions>(
  CONNECTION_RULES,
  connectionMismatches,
);

it.each([
  [{ host: 'broker', port: 9_093 }, ['broker:9093']],
  [{ host: '10.0.0.1' }, ['10.0.0.1:9092']],
  [{ host: '::1' }, ['[::1]:9092']],
  [{ brokers: ['[::1]:9093', 'b:9092'] }, ['[::1]:9093', 'b:9092']],
])('the brokers of %j are %j, with brackets around an address of version 6', (options, brokers) => {
  expect(bootstrapBrokers(schema.parse(options))).toEqual(brokers);
});

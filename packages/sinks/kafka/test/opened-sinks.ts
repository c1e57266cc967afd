// Sinks over a real broker, closed at the end of their test.
import type { Sink, SinkWrite } from '@millrace/core';
import { onTestFinished } from 'vitest';
import { kafkaSink, type KafkaSinkInput, type KafkaSinkMessage } from '../src/index.ts';
import type { Broker } from './broker.ts';

/** Opens a sink of a topic, with a ledger of its own, without a proxy. */
export async function openSink<T = unknown>(
  broker: Broker,
  options: KafkaSinkInput,
  message?: (record: T) => KafkaSinkMessage,
): Promise<Sink<T>> {
  const place = { host: '127.0.0.1', port: broker.port, ledgerTopic: `${options.topic}-ledger` };
  const sink = kafkaSink<T>({ ...place, ...options }, message);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

/** The identity of a write. */
export function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}

/** The values that committed readers see, once every transaction has ended. */
export async function valuesOf(broker: Broker, topic: string): Promise<readonly (string | null)[]> {
  await broker.settled(topic);
  return (await broker.committed(topic)).map(({ value }) => value);
}

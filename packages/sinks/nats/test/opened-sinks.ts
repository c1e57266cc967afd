// Sinks over a real server, closed at the end of their test.
import type { Sink, SinkWrite } from '@millrace/core';
import { onTestFinished } from 'vitest';
import { natsSink, type NatsSinkInput, type NatsSinkMessage } from '../src/index.ts';
import type { TargetServer } from './target-server.ts';

/** Opens a sink of a stream, without a proxy; the default subject is the name of the stream and `a`. */
export async function openSink<T = unknown>(
  { server }: TargetServer,
  options: Partial<NatsSinkInput> & { readonly stream: string },
  message?: (record: T) => NatsSinkMessage,
): Promise<Sink<T>> {
  const place = { host: '127.0.0.1', port: server.port, subject: `${options.stream}.a` };
  const sink = natsSink<T>({ ...place, ...options }, message);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

/** The identity of a write. */
export function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}

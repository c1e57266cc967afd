// Runs the adapters of core against the kit of receivers. The test is in this package because core depends on no other
// package; the report belongs to core.
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import {
  type ConfiguredReceiver,
  fromAsyncIterable,
  fromEventEmitter,
  fromNodeStream,
  fromWebStream,
  type ReceiverCapabilities,
} from '@millrace/core';
import { describe, it } from 'vitest';
import { receiverConformance } from '../src/conformance/index.ts';
import { QueueSource } from './queue-source.ts';

const CAPABILITIES: ReceiverCapabilities = {
  ack: 'none',
  replayable: false,
  ordering: 'per-stream',
  pause: true,
  bounded: true,
  format: 'records',
  touches: [],
};
/** Numbers of a queue. */
const RECORD_BYTES = 8;
/** Three records have room, and a stream reads a handful of records ahead. */
const HELD_BYTES_MAX = 10 * RECORD_BYTES;
const KEPT_MAX = 20;

function adapterConformance(
  name: string,
  receiverOf: (source: QueueSource) => ConfiguredReceiver<number>,
  capabilities = CAPABILITIES,
): void {
  receiverConformance<number>(
    { describe, it },
    {
      name,
      module: new URL('../../core/src/index.ts', import.meta.url),
      capabilities,
      heldBytesMax: HELD_BYTES_MAX,
      keptMax: KEPT_MAX,
      create: () => {
        const source = new QueueSource();
        return {
          receiver: receiverOf(source),
          send: (ids) => source.send(ids),
          end: () => source.end(),
          setReachable: (isReachable) => source.setReachable(isReachable),
          takenBytes: () => source.taken * RECORD_BYTES,
          idOf: (record) => record,
        };
      },
    },
  );
}

adapterConformance('fromAsyncIterable', (source) =>
  fromAsyncIterable((signal) => source.records(signal), { bounded: true, touches: [] }),
);

adapterConformance('fromNodeStream', (source) =>
  fromNodeStream<number>((signal) => Readable.from(source.records(signal), { highWaterMark: 1 }), {
    bounded: true,
    touches: [],
  }),
);

adapterConformance('fromWebStream', (source) =>
  fromWebStream<number>((signal) => ReadableStream.from(source.records(signal)), {
    bounded: true,
    touches: [],
  }),
);

adapterConformance(
  'fromEventEmitter',
  (source) =>
    fromEventEmitter<number, EventEmitter>((signal) => emitterOf(source, signal), {
      event: 'record',
      maxBuffered: KEPT_MAX,
      touches: [],
      bounded: true,
    }),
  { ...CAPABILITIES, pause: false },
);

/** Emits arriving records, from the turn in which listeners exist. */
function emitterOf(source: QueueSource, signal: AbortSignal): EventEmitter {
  source.connect();
  const emitter = new EventEmitter();
  const emit = async (): Promise<void> => {
    await Promise.resolve();
    for await (const record of source.records(signal)) emitter.emit('record', record);
    if (!signal.aborted) emitter.emit('end');
  };
  emit().catch((error: unknown) => emitter.emit('error', error));
  return emitter;
}

// Any readable stream of Node as a receiver: each chunk, or each object in object mode, is a record.
import type { Readable } from 'node:stream';
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { configuredAdapter, type AdapterOptions } from './adapter-options.ts';
import { PullReceiver, type PullSource } from './pull-receiver.ts';

/**
 * Makes a receiver of a Node stream. `T` is what the stream emits, and only the caller knows it: buffers, strings when
 * it has an encoding, anything in object mode.
 *
 * The stream is read only when storing is welcome; its own buffer holds back what it reads from. Its end ends the
 * receiver, its error is answered as `onError` says, and a stop destroys it.
 *
 * @param create Called at every start, on the executor that hosts the receiver.
 * @throws `MR_CONFIG_INVALID_OPTION` when an option has a wrong value.
 */
export function fromNodeStream<T = Uint8Array>(
  create: (signal: AbortSignal) => Readable | Promise<Readable>,
  options: AdapterOptions = {},
): ConfiguredReceiver<T> {
  expectFunction('fromNodeStream', 'what makes the stream, anew for every start,', create);
  const open = async (signal: AbortSignal) => sourceOf<T>(await create(signal));
  return configuredAdapter(
    {
      kind: 'node-stream',
      pause: true,
      create: () => new PullReceiver<T>({ open, onError: options.onError ?? 'restart' }),
    },
    options,
  );
}

function sourceOf<T>(stream: Readable): PullSource<T> {
  // An error that comes when nobody reads any more would end the process. While it is read, the iterator reports it.
  const ignore = (): void => undefined;
  stream.on('error', ignore);
  stream.once('close', () => stream.off('error', ignore));
  return { iterator: stream[Symbol.asyncIterator](), abandon: () => void stream.destroy() };
}

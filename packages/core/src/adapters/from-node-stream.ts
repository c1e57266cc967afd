// A receiver for any readable stream of Node: each chunk, or each object in object mode, is a record.
import type { Readable } from 'node:stream';
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { adapterOptions, configuredAdapter, type AdapterOptions } from './adapter-options.ts';
import { PullReceiver, type PullSource } from './pull-receiver.ts';

/**
 * Makes a receiver of a Node stream. `T` is the type of the stream's chunks, known only to the caller: buffers, strings
 * with an encoding, anything in object mode.
 *
 * The stream is read only while the engine accepts records; the stream's own buffer applies back-pressure to its
 * source. The end of the stream ends the receiver, an error is handled according to `onError`, and a stop destroys the
 * stream.
 *
 * @param create Called at every start, on the executor that hosts the receiver.
 * @throws `MR_CONFIG_INVALID_OPTION` when an option has a wrong value.
 */
export function fromNodeStream<T = Uint8Array>(
  create: (signal: AbortSignal) => Readable | Promise<Readable>,
  options?: AdapterOptions,
): ConfiguredReceiver<T> {
  expectFunction('fromNodeStream', 'the factory of the stream, called for every start,', create);
  const kind = 'node-stream';
  const settings = adapterOptions(kind, options);
  const open = async (signal: AbortSignal) => sourceOf<T>(await create(signal));
  return configuredAdapter(
    {
      kind,
      pause: true,
      create: () => new PullReceiver<T>({ open, onError: settings.onError ?? 'restart' }),
    },
    settings,
  );
}

function sourceOf<T>(stream: Readable): PullSource<T> {
  // An error without a reader would end the process. During reading, the iterator reports the error.
  const ignore = (): void => undefined;
  stream.on('error', ignore);
  stream.once('close', () => stream.off('error', ignore));
  return { iterator: stream[Symbol.asyncIterator](), abandon: () => void stream.destroy() };
}

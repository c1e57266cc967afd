// A receiver for any web stream: the body of a fetch, the readable side of a transform.
import type { ReadableStream } from 'node:stream/web';
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { adapterOptions, configuredAdapter, type AdapterOptions } from './adapter-options.ts';
import { PullReceiver, type PullSource } from './pull-receiver.ts';

/**
 * Makes a receiver of a web stream; each chunk is a record.
 *
 * ```ts
 * fromWebStream(async (signal) => (await fetch(url, { signal })).body ?? new ReadableStream(), { touches: ['network'] });
 * ```
 *
 * The stream is read only while the engine accepts records. The end of the stream ends the receiver, an error is
 * handled according to `onError`, and a stop cancels the stream.
 *
 * @param create Called at every start, on the executor that hosts the receiver.
 * @throws `MR_CONFIG_INVALID_OPTION` when an option has a wrong value.
 */
export function fromWebStream<T>(
  create: (signal: AbortSignal) => ReadableStream<T> | Promise<ReadableStream<T>>,
  options?: AdapterOptions,
): ConfiguredReceiver<T> {
  expectFunction('fromWebStream', 'the factory of the stream, called for every start,', create);
  const kind = 'web-stream';
  const settings = adapterOptions(kind, options);
  const open = async (signal: AbortSignal) => sourceOf(await create(signal));
  return configuredAdapter(
    {
      kind,
      pause: true,
      create: () => new PullReceiver<T>({ open, onError: settings.onError ?? 'restart' }),
    },
    settings,
  );
}

/**
 * Uses a separate reader: cancelling the reader ends a pending read; the stream's iterator would wait for that read.
 */
function sourceOf<T>(stream: ReadableStream<T>): PullSource<T> {
  const reader = stream.getReader();
  const cancel = async (): Promise<IteratorResult<T, unknown>> => {
    await reader.cancel();
    reader.releaseLock();
    return { done: true, value: undefined };
  };
  return { iterator: { next: () => reader.read(), return: cancel } };
}

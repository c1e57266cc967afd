// A receiver for any iterable: a generator, a cursor of a database, lines of `readline`, an array in a test.
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { adapterOptions, configuredAdapter, type AdapterOptions } from './adapter-options.ts';
import { PullReceiver } from './pull-receiver.ts';

/**
 * Makes a receiver of an iterable.
 *
 * ```ts
 * ssc.receiverStream(fromAsyncIterable((signal) => readings(signal), { name: 'readings' }));
 * ```
 *
 * The receiver requests the next record only while the engine accepts records. The end of the iterable ends the
 * receiver; a failure is handled according to `onError`. On a stop the signal is aborted, then `return` of the iterator
 * is called, so that a generator runs its `finally`; the receiver waits one second for an iterable that is stuck in a
 * read.
 *
 * The receiver has started when `create` has returned, or when its promise has resolved. A `create` that first awaits
 * its connection therefore makes `start({ awaitReceivers })` wait for the connection; a generator connects later.
 *
 * @param create Called at every start, on the executor that hosts the receiver.
 * @throws `MR_CONFIG_INVALID_OPTION` when an option has a wrong value.
 */
export function fromAsyncIterable<T>(
  create: (signal: AbortSignal) => AsyncIterable<T> | Iterable<T> | Promise<AsyncIterable<T> | Iterable<T>>,
  options?: AdapterOptions,
): ConfiguredReceiver<T> {
  expectFunction('fromAsyncIterable', 'the factory of the iterable, called for every start,', create);
  const kind = 'async-iterable';
  const settings = adapterOptions(kind, options);
  const open = async (signal: AbortSignal) => ({ iterator: iteratorOf(await create(signal)) });
  return configuredAdapter(
    {
      kind,
      pause: true,
      create: () => new PullReceiver<T>({ open, onError: settings.onError ?? 'restart' }),
    },
    settings,
  );
}

function iteratorOf<T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
}

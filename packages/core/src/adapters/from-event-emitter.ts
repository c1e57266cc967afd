// Any event emitter as a receiver: each event is a record. An emitter cannot be made to wait, so what it sends while
// storing is not welcome is kept here, up to a bound; beyond the bound it is dropped, counted and reported.
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { configuredAdapter, requireOption, type AdapterOptions } from './adapter-options.ts';
import { EventReceiver, type EventSource } from './event-receiver.ts';

/** Settings of `fromEventEmitter`. */
export interface EventEmitterOptions<T, E extends EventSource> extends AdapterOptions {
  /** The event whose every occurrence is a record. */
  readonly event: string;
  /** Makes the record of the event's arguments; by default the first argument. */
  readonly toRecord?: (...args: readonly unknown[]) => T;
  /** The event that says that nothing follows; by default `'end'`. */
  readonly endEvent?: string;
  /** The event that says that the source failed, with the error; by default `'error'`. */
  readonly errorEvent?: string;
  /** How many records are kept while storing is not welcome; by default 10,000. */
  readonly maxBuffered?: number;
  /** Gives the emitter back after a stop, for instance by disconnecting it; by default nothing is done. */
  readonly close?: (emitter: E) => void | Promise<void>;
}

/**
 * Makes a receiver of an event emitter.
 *
 * ```ts
 * fromEventEmitter(() => connect(url), { event: 'message', close: (client) => client.end() });
 * ```
 *
 * While storing is not welcome, up to `maxBuffered` records are kept, and those that come after are dropped: the
 * driver is told with `MR_RECEIVER_BUFFER_FULL` when it begins, and again with their number when the buffer has emptied
 * or the receiver stops. What came before the end or an error is stored before the receiver stops or restarts.
 *
 * @param create Called at every start, on the executor that hosts the receiver; listeners are added and, on a stop,
 * removed.
 * @throws `MR_CONFIG_INVALID_OPTION` when an option has a wrong value.
 */
export function fromEventEmitter<T, E extends EventSource>(
  create: (signal: AbortSignal) => E,
  options: EventEmitterOptions<T, E>,
): ConfiguredReceiver<T> {
  const kind = 'event-emitter';
  const { event, maxBuffered = 10_000, onError = 'restart', close } = options;
  expectFunction('fromEventEmitter', 'what makes the emitter, anew for every start,', create);
  requireOption(event !== '', { kind, path: 'event', expected: 'the name of an event', got: event });
  requireOption(Number.isInteger(maxBuffered) && maxBuffered >= 1, {
    kind,
    path: 'maxBuffered',
    expected: 'a whole number from 1',
    got: maxBuffered,
  });
  const settings = {
    create,
    close,
    event,
    // Without `toRecord` the caller's T is the type of the event's first argument; nobody else can know it.
    toRecord: options.toRecord ?? ((...args: readonly unknown[]) => args[0] as T),
    endEvent: options.endEvent ?? 'end',
    errorEvent: options.errorEvent ?? 'error',
    maxBuffered,
    onError,
  };
  return configuredAdapter({ kind, pause: false, create: () => new EventReceiver(settings) }, options);
}

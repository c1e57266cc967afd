// A receiver for any event emitter: each event is a record. An emitter cannot wait, so events that arrive while the
// engine does not accept records are buffered here, up to a bound; beyond the bound events are dropped, counted and
// reported.
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { configuredAdapter, requireOption, type AdapterOptions } from './adapter-options.ts';
import { EventReceiver, type EventSource } from './event-receiver.ts';

/** Settings of `fromEventEmitter`. */
export interface EventEmitterOptions<T, E extends EventSource> extends AdapterOptions {
  /** The event that carries records. */
  readonly event: string;
  /** Makes a record of the event's arguments; by default the first argument. */
  readonly toRecord?: (...args: readonly unknown[]) => T;
  /** The event at the end of the source; by default `'end'`. */
  readonly endEvent?: string;
  /** The event for a failure of the source, with the error; by default `'error'`. */
  readonly errorEvent?: string;
  /** The largest number of buffered records while the engine does not accept records; by default 10,000. */
  readonly maxBuffered?: number;
  /** Releases the emitter after a stop, for instance by disconnecting it; by default nothing is done. */
  readonly close?: (emitter: E) => void | Promise<void>;
}

/**
 * Makes a receiver of an event emitter.
 *
 * ```ts
 * fromEventEmitter(() => connect(url), { event: 'message', close: (client) => client.end() });
 * ```
 *
 * While the engine does not accept records, up to `maxBuffered` records are buffered, and further records are dropped.
 * The driver receives `MR_RECEIVER_BUFFER_FULL` when the dropping begins, and again with the number of dropped records
 * when the buffer is empty or the receiver stops. Records from before the end or an error are stored before the
 * receiver stops or restarts.
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
    // Without `toRecord` the caller's T is the type of the event's first argument; only the caller knows that type.
    toRecord: options.toRecord ?? ((...args: readonly unknown[]) => args[0] as T),
    endEvent: options.endEvent ?? 'end',
    errorEvent: options.errorEvent ?? 'error',
    maxBuffered,
    onError,
  };
  return configuredAdapter({ kind, pause: false, create: () => new EventReceiver(settings) }, options);
}

// A receiver for any event emitter: each event is a record. An emitter cannot wait, so events that arrive while the
// engine does not accept records are buffered here, up to a bound; beyond the bound events are dropped, counted and
// reported.
import { expectFunction } from '../assembly/check-definition.ts';
import type { ConfiguredReceiver } from '../contracts/receiver.ts';
import { filledText, option, type OptionTable, required, wholeNumber } from '../options/option-rules.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { type AdapterOptions, adapterTable, configuredAdapter } from './adapter-options.ts';
import { EventReceiver, type EventSource } from './event-receiver.ts';

const MAX_BUFFERED = 10_000;

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
  expectFunction('fromEventEmitter', 'the factory of the emitter, called for every start,', create);
  const resolved = resolveOptions<EventEmitterOptions<T, E>>({
    owner: kind,
    table: tableOf<T, E>(),
    given: options,
  });
  const { event, maxBuffered = MAX_BUFFERED, onError = 'restart', close } = resolved;
  const settings = {
    create,
    close,
    event,
    // Without `toRecord` the caller's T is the type of the event's first argument; only the caller knows that type.
    toRecord: resolved.toRecord ?? ((...args: readonly unknown[]) => args[0] as T),
    endEvent: resolved.endEvent ?? 'end',
    errorEvent: resolved.errorEvent ?? 'error',
    maxBuffered,
    onError,
  };
  return configuredAdapter({ kind, pause: false, create: () => new EventReceiver(settings) }, resolved);
}

function tableOf<T, E extends EventSource>(): OptionTable<EventEmitterOptions<T, E>> {
  const isFunction = (value: unknown): boolean => typeof value === 'function';
  return {
    ...adapterTable,
    event: required(filledText('the name of an event')),
    toRecord: option('a function', isFunction),
    endEvent: filledText('the name of an event'),
    errorEvent: filledText('the name of an event'),
    maxBuffered: wholeNumber(MAX_BUFFERED),
    close: option('a function', isFunction),
  };
}

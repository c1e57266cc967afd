// The events of one engine on their way out: queued for listeners, published for tools, frozen once.
import type { Clock, StreamingEvents, StreamingListener } from '@millrace/core';
import { oneOf, option, required, resolveOptions } from '@millrace/core/engine';
import { DiagnosticsChannels } from './diagnostics-channels.ts';
import { EventFreezer } from './frozen-event.ts';
import { ListenerBus, type ListenerBusDeps } from './listener-bus.ts';
import { PostedEvent } from './posted-event.ts';
import { isPostponable } from './postponable.ts';

/** The place where the engine publishes events and where listeners are added. */
export class EventHub {
  /** The listeners of the engine. */
  readonly bus: ListenerBus;
  readonly #channels = new DiagnosticsChannels();
  readonly #freezer = new EventFreezer();
  readonly #clock: Clock;

  constructor(deps: ListenerBusDeps) {
    this.#clock = deps.clock;
    this.bus = new ListenerBus(deps);
  }

  /** Publishes an event to all listeners. Costs nothing without listeners. */
  publish<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    const hasSubscribers = this.#channels.hasSubscribers(event);
    if (!this.bus.hasListeners && !hasSubscribers) return;
    const posted = new PostedEvent(event, value, this.#clock.monotonicMs(), this.#freezer);
    if (!isPostponable(event)) void posted.value;
    this.bus.post(posted);
    if (hasSubscribers) this.#channels.post(event, posted.value);
  }

  /** Subscribes to one event. Returns a function that unsubscribes. @throws `MR_CONFIG_INVALID_OPTION`. */
  on<K extends keyof StreamingEvents>(
    event: K,
    listen: (value: StreamingEvents[K]) => void | Promise<void>,
  ): () => void {
    const table = {
      event: required(oneOf(this.#channels.events)),
      listen: required(option<typeof listen>('a function', (value) => typeof value === 'function')),
    };
    resolveOptions({ owner: 'on', table, given: { event, listen } });
    const listener: StreamingListener = {
      // The bus gives name and content together, so equal names make the content's type the right one.
      onEvent: (name, value) =>
        (name as string) === event ? listen(value as unknown as StreamingEvents[K]) : undefined,
    };
    this.bus.add(listener);
    return () => this.bus.remove(listener);
  }
}

// An event between the engine and its listeners. One event is shared by all, so the content is copied and frozen once: at the
// first reading, which may be much later for listeners that let events wait, and together with many others.
import type { StreamingEvents, StreamingListener } from '@millrace/core';
import type { EventFreezer } from './frozen-event.ts';
import { isPostponable } from './postponable.ts';

/** An event on its way. */
export class PostedEvent<K extends keyof StreamingEvents = keyof StreamingEvents> {
  readonly event: K;
  /** The monotonic time of the posting, in milliseconds. */
  readonly postedMs: number;
  /** The content as the engine made it: for decisions of the bus, and for listeners that only read. */
  readonly original: StreamingEvents[K];
  readonly #freezer: EventFreezer;
  #frozen: StreamingEvents[K] | undefined;

  /** @param original Content that nobody changes any more; or read `value` at once. */
  constructor(event: K, original: StreamingEvents[K], postedMs: number, freezer: EventFreezer) {
    this.event = event;
    this.original = original;
    this.postedMs = postedMs;
    this.#freezer = freezer;
  }

  /** The content for one listener: a frozen copy, or for a listener that only reads the content as the engine made it. */
  valueFor({ readsOnly }: StreamingListener): StreamingEvents[K] {
    return readsOnly === true && isPostponable(this.event) ? this.original : this.value;
  }

  /** The content for listeners: a frozen copy. */
  get value(): StreamingEvents[K] {
    return (this.#frozen ??= this.#freezer.freeze(this.original));
  }
}

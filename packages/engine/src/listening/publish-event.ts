// The function through which the engine's parts publish events: it takes an event's name and content, and returns at
// once. The context makes the function from the listener bus and the diagnostics channels.
import type { StreamingEvents } from '@millrace/core';

/** Publishes an event to all listeners. Never throws, never waits, and calls no listener before returning. */
export type PublishEvent = <K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]) => void;

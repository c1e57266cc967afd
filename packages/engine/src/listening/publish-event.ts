// How the engine's parts tell what happens: one function that takes an event's name and content, and returns at once.
// The context makes it out of the listener bus and the diagnostics channels.
import type { StreamingEvents } from '@millrace/core';

/** Tells everybody who listens. Never throws, never waits, and calls no listener before it has returned. */
export type PublishEvent = <K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]) => void;

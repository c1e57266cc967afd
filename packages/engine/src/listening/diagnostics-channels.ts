// The same events for tools that watch a process from outside the engine: tracing agents and metrics exporters
// subscribe to Node's diagnostics channels by name and need no access to the context. Subscribers run inside the
// engine's own call, as everywhere in Node; without subscribers an event costs one check.
import { type Channel, channel } from 'node:diagnostics_channel';
import type { StreamingEvents } from '@millrace/core';

/** Publishes events on the channels `millrace:<event>`, for instance `millrace:batch:completed`. */
export class DiagnosticsChannels {
  readonly #channels: Readonly<Record<keyof StreamingEvents, Channel>> = {
    'streaming:started': channel('millrace:streaming:started'),
    'streaming:failed': channel('millrace:streaming:failed'),
    'streaming:stopped': channel('millrace:streaming:stopped'),
    'driver:standby': channel('millrace:driver:standby'),
    'driver:in-charge': channel('millrace:driver:in-charge'),
    'receiver:starting': channel('millrace:receiver:starting'),
    'receiver:started': channel('millrace:receiver:started'),
    'receiver:restarting': channel('millrace:receiver:restarting'),
    'receiver:failed': channel('millrace:receiver:failed'),
    'receiver:error': channel('millrace:receiver:error'),
    'receiver:stopped': channel('millrace:receiver:stopped'),
    'receiver:rate-changed': channel('millrace:receiver:rate-changed'),
    'records:left-out': channel('millrace:records:left-out'),
    'records:late': channel('millrace:records:late'),
    'records:failed': channel('millrace:records:failed'),
    'records:ahead': channel('millrace:records:ahead'),
    'watermark:advanced': channel('millrace:watermark:advanced'),
    'state:changed': channel('millrace:state:changed'),
    'checkpoint:completed': channel('millrace:checkpoint:completed'),
    'checkpoint:failed': channel('millrace:checkpoint:failed'),
    'executor:added': channel('millrace:executor:added'),
    'executor:lost': channel('millrace:executor:lost'),
    'batch-times:adjusted': channel('millrace:batch-times:adjusted'),
    'batch:submitted': channel('millrace:batch:submitted'),
    'batch:started': channel('millrace:batch:started'),
    'batch:completed': channel('millrace:batch:completed'),
    'output-operation:started': channel('millrace:output-operation:started'),
    'output-operation:completed': channel('millrace:output-operation:completed'),
  };

  /** The names of all events. */
  get events(): readonly (keyof StreamingEvents)[] {
    return Object.keys(this.#channels) as (keyof StreamingEvents)[];
  }

  /** True when the event has a subscriber. */
  hasSubscribers(event: keyof StreamingEvents): boolean {
    return this.#channels[event].hasSubscribers;
  }

  /**
   * Publishes at once when the event has a subscriber. Node reports a subscriber's error; the caller never sees the
   * error.
   */
  post<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    const target = this.#channels[event];
    if (target.hasSubscribers) target.publish(value);
  }
}

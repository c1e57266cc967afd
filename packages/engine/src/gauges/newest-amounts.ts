// The amounts of event time and state for readings, taken from the engine's own events before the events leave the
// engine: a listener that is behind changes no reading.
import type { StreamingEvents } from '@millrace/core';
import type { StateInfo, WatermarkInfo } from '@millrace/core/observation';

/** The newest watermark of each stream, and the newest number of keys of each operator. */
export class NewestAmounts {
  readonly #states = new Map<string, StateInfo>();
  readonly #watermarks = new Map<string, WatermarkInfo>();

  /** Notes an event; most events change nothing. */
  note<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (event === 'state:changed') {
      const { state } = value as StreamingEvents['state:changed'];
      this.#states.set(state.operator, state);
    } else if (event === 'watermark:advanced') {
      const { watermark } = value as StreamingEvents['watermark:advanced'];
      this.#watermarks.set(watermark.stream, watermark);
    }
  }

  /** The newest number of keys of each operator, in the order of the first reports. */
  get states(): readonly StateInfo[] {
    return [...this.#states.values()];
  }

  /** The newest watermark of each stream, in the order of the first reports. */
  get watermarks(): readonly WatermarkInfo[] {
    return [...this.#watermarks.values()];
  }
}

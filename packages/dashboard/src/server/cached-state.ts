// The whole state for requests, at most four times a second, however many ask: the state of an engine with many streams has
// megabytes. All answers of one moment share their bytes.
import type { Clock } from '@millrace/core';
import type { EngineState } from '@millrace/observe';
import type { ObservedSource } from '../observed-source.ts';

const FRESH_MS = 250;

/** The newest state of a source, at most a quarter of a second old. */
export class CachedState {
  readonly #clock: Clock;
  readonly #source: ObservedSource;
  #readMs = Number.NEGATIVE_INFINITY;
  #value: EngineState | undefined;
  #bytes: Buffer | undefined;

  constructor(clock: Clock, source: ObservedSource) {
    this.#clock = clock;
    this.#source = source;
  }

  /** The state. */
  value(): EngineState {
    const nowMs = this.#clock.monotonicMs();
    if (this.#value === undefined || nowMs - this.#readMs >= FRESH_MS) {
      this.#readMs = nowMs;
      this.#value = this.#source.state();
      this.#bytes = undefined;
    }
    return this.#value;
  }

  /** The state as JSON. */
  bytes(): Buffer {
    const value = this.value();
    this.#bytes ??= Buffer.from(JSON.stringify(value));
    return this.#bytes;
  }
}

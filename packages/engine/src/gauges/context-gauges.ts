// The engine's binding of `EngineGauges`. The object exists with the ports, before the context that the object reads:
// plugins inject the object, and the context connects itself when the context is made.
import type { Clock } from '@millrace/core';
import type { EngineGauges, EngineReading, ProgramNode } from '@millrace/core/observation';
import { deeplyFrozen } from './deeply-frozen.ts';

/** The time during which a reading is given out again, in milliseconds of monotonic time. */
const READING_AGE_MS = 1_000;

/** The context behind the gauges. */
export interface GaugesSource {
  readonly clock: Clock;
  /** The amounts now; undefined in a copy of the program that serves as an executor. */
  read(): EngineReading | undefined;
  /** The nodes of the program; undefined before the start. */
  program(): readonly ProgramNode[] | undefined;
}

/** Reads the connected context, at most once a second. */
export class ContextGauges implements EngineGauges {
  #source: GaugesSource | undefined;
  #newest: { readonly reading: EngineReading; readonly atMs: number } | undefined;
  #nodes: readonly ProgramNode[] | undefined;

  /** Connects the context of the engine. Called once. */
  connect(source: GaugesSource): void {
    this.#source = source;
  }

  read(): EngineReading | undefined {
    const source = this.#source;
    if (source === undefined) return undefined;
    const nowMs = source.clock.monotonicMs();
    if (this.#newest !== undefined && nowMs - this.#newest.atMs < READING_AGE_MS) return this.#newest.reading;
    const reading = source.read();
    if (reading === undefined) return undefined;
    this.#newest = { reading: deeplyFrozen(reading), atMs: nowMs };
    return this.#newest.reading;
  }

  program(): readonly ProgramNode[] {
    if (this.#nodes !== undefined) return this.#nodes;
    const nodes = this.#source?.program();
    if (nodes === undefined) return [];
    this.#nodes = deeplyFrozen(nodes);
    return this.#nodes;
  }
}

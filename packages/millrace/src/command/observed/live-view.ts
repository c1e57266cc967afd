// The view of an engine that follows the messages of the live channel: a snapshot, then changes.
import type { ObservedInput, Verdict } from '@millrace/observe';
import type { BatchRow, EngineSummary, EngineView } from './engine-view.ts';
import type { ServerEvent } from './server-events.ts';

/** The batches of a view. */
const BATCHES_MAX = 200;

interface Message {
  readonly schema?: number;
  readonly summary?: EngineSummary;
  readonly inputs?: readonly ObservedInput[];
  readonly batches?: readonly BatchRow[];
}

/** Follows one live channel. */
export class LiveView {
  #summary: EngineSummary | undefined;
  #inputs = new Map<number, ObservedInput>();
  #batches = new Map<number, BatchRow>();

  /** Takes a message; false when the message changes nothing, for instance before the snapshot. @throws SyntaxError. */
  take({ name, data }: ServerEvent): boolean {
    const content = JSON.parse(data) as Message | null;
    if (typeof content !== 'object' || content === null) return false;
    if (name === 'snapshot') return this.#begin(content);
    if (this.#summary === undefined) return false;
    if (name === 'verdict') this.#summary = { ...this.#summary, verdict: content as Verdict };
    else if (name === 'receiver') this.#takeInputs(content);
    else if (name === 'batch') this.#takeBatches(content);
    else return false;
    return true;
  }

  /** The view; undefined before the snapshot. */
  get view(): EngineView | undefined {
    if (this.#summary === undefined) return undefined;
    return {
      summary: this.#summary,
      inputs: [...this.#inputs.values()],
      batches: [...this.#batches.values()].toSorted((a, b) => b.batchTime - a.batchTime),
    };
  }

  #begin(message: Message): boolean {
    if (message.schema !== 1) return false;
    this.#inputs = new Map();
    this.#batches = new Map();
    this.#takeInputs(message);
    this.#takeBatches(message);
    return this.#summary !== undefined;
  }

  #takeInputs({ inputs = [] }: Message): void {
    for (const input of inputs) this.#inputs.set(input.streamId, input);
  }

  #takeBatches({ summary, batches = [] }: Message): void {
    this.#summary = summary ?? this.#summary;
    for (const batch of batches) this.#batches.set(batch.batchTime, batch);
    if (this.#batches.size <= BATCHES_MAX) return;
    const newest = [...this.#batches.values()].toSorted((a, b) => b.batchTime - a.batchTime);
    this.#batches = new Map(newest.slice(0, BATCHES_MAX).map((batch) => [batch.batchTime, batch]));
  }
}

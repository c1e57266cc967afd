// What the commands show of an engine: the parts of the state, of the list of batches and of the live channel that have the
// same form everywhere.
import type { EngineState, ObservedBatch, ObservedInput } from '@millrace/observe';

/** The state without its long lists. */
export type EngineSummary = Omit<EngineState, 'inputs' | 'graph' | 'timelines'>;

/** A batch in one row. */
export interface BatchRow extends Omit<ObservedBatch, 'inputs' | 'outputs'> {
  readonly failedOutput?: { readonly name: string; readonly message: string };
}

/** An engine at one moment. */
export interface EngineView {
  readonly summary: EngineSummary;
  readonly inputs: readonly ObservedInput[];
  /** Newest first. */
  readonly batches: readonly BatchRow[];
}

/** A whole batch as a row. */
export function rowOf({ inputs: _inputs, outputs, ...batch }: ObservedBatch): BatchRow {
  const failed = outputs.find(({ error }) => error !== undefined);
  if (failed?.error === undefined) return batch;
  return { ...batch, failedOutput: { name: failed.name, message: failed.error.message } };
}

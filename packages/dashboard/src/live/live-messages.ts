// The messages of the live channel, `events`, and of `api/v1/receivers`: the content that a page or a terminal keeps up to
// date. Long lists of the state are bounded here, so that a message stays small with a thousand streams; the whole is under
// `api/v1`.
import type { BatchTime } from '@millrace/core';
import type {
  EngineState,
  ObservedBatch,
  ObservedInput,
  Timeline,
  Timelines,
  Verdict,
} from '@millrace/observe';

/** A batch in one row: the page of the batch, `api/v1/batches/TIME`, has the rest. */
export interface LiveBatchRow extends Omit<ObservedBatch, 'inputs' | 'outputs'> {
  readonly inputCount: number;
  readonly outputCount: number;
  /** The first output that failed. */
  readonly failedOutput?: { readonly name: string; readonly message: string };
}

/** The state of the engine without its long lists. */
export interface LiveSummary extends Omit<EngineState, 'inputs' | 'graph' | 'timelines'> {
  /** The number of all inputs; messages have at most 200. */
  readonly inputCount: number;
}

/** The event `snapshot`: the first message, and the first one after a gap. */
export interface SnapshotEvent {
  readonly schema: 1;
  readonly summary: LiveSummary;
  /** At most 200: those that need attention first. */
  readonly inputs: readonly ObservedInput[];
  readonly graph: EngineState['graph'];
  /** Without the timelines of inputs: `api/v1/receivers/ID` has those. */
  readonly timelines: Timelines;
  /** The newest 200, newest first. */
  readonly batches: readonly LiveBatchRow[];
  readonly hasMoreBatches: boolean;
}

/** The event `batch`: news of the engine; at most four events a second, and one a second without news. */
export interface BatchEvent {
  /** The batches that have changed, oldest first, at most 200. */
  readonly batches: readonly LiveBatchRow[];
  /** Points of the recent timeline that are new or have changed, oldest first. */
  readonly points?: Timeline;
  /** All amounts, once a second. */
  readonly summary?: LiveSummary;
  /** The graph, once the program has one. */
  readonly graph?: EngineState['graph'];
}

/** The event `receiver`: inputs that have changed. */
export interface ReceiverEvent {
  readonly inputs: readonly ObservedInput[];
}

/** The event `verdict`. */
export type VerdictEvent = Verdict;

/** The answer of `api/v1/receivers`. */
export interface ObservedInputs {
  readonly schema: 1;
  readonly receivers: readonly ObservedInput[];
}

/** The answer of `api/v1/receivers/ID`: an input with its own timeline. */
export interface ObservedInputHistory {
  readonly schema: 1;
  readonly receiver: ObservedInput;
  /** Columns of equal length, oldest first; empty when the stream is summed with others. */
  readonly timeline: {
    readonly timeMs: readonly BatchTime[];
    readonly recordsPerSecond: readonly number[];
    readonly rateLimit: readonly (number | null)[];
  };
}

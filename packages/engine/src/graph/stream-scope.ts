// The view of the context that a stream needs. The streaming context implements the interface; a test can in a few
// lines. Streams know nothing else of the surrounding engine.
import type { BatchTime } from '@millrace/core';
import type { SkippedBatches } from '../batches/skipped-batches.ts';
import type { BatchWalk } from './batch-walk.ts';
import type { GraphStream } from './graph-stream.ts';
import type { InputStream } from './input-stream.ts';
import type { OutputDefinition } from './output-operation.ts';
import type { StreamServices } from './stream-services.ts';

/** The graph from the view of its streams; `DStreamGraph` implements the interface. */
export interface StreamGraph {
  /** Makes the RDDs of a batch, parents first. */
  readonly walk: BatchWalk;
  /** The batch times that never become batches. */
  readonly skipped: SkippedBatches;
  /** The latest batch whose input was taken; undefined before the first. */
  readonly latestBatchTime: BatchTime | undefined;
  /** See `DStreamGraph.recoveredUpTo`. */
  readonly recoveredUpTo: BatchTime;
  /** Registers a stream. @returns its position. */
  addStream(stream: GraphStream<unknown>): number;
  /** Registers an input stream, after `addStream`. */
  addInput(stream: InputStream): void;
  /** Adds an output operation. @throws `MR_GRAPH_DUPLICATE_OUTPUT`, and the errors of `scope.assertCanDefine`. */
  addOutput<T>(definition: OutputDefinition<T>): void;
  /** Reserves a uid and the former uids. @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`. */
  claimUid(uid: string, stream: GraphStream<unknown>, former: readonly string[]): void;
}

/** The context of a stream: one for every streaming context, and one on every executor. */
export interface StreamScope extends StreamServices {
  /** The graph in which streams and outputs register. */
  readonly graph: StreamGraph;
}

// Windows: at every slide, the batches of the last `windowMs` together. A window reads the computed batches of its
// parent, so the parent is kept in memory and retained for the length of the window on top of the window's own time.
//
//   parent, every 1 s      │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │
//   window 3 s, slide 2 s      └[1,2]   │       │          the first windows are partial
//                              └──────[2,3,4]   │
//                                      └──────[4,5,6]
import { multipleOfSlideMs } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';

/** The length and the slide of a window. */
export interface WindowSpan {
  /** A multiple of the parent's slide. */
  readonly windowMs: number;
  /** A multiple of the parent's slide; the slide need not divide the window, and may be longer. */
  readonly slideMs: number;
}

/**
 * The RDDs of the parent inside the window, oldest first. Early windows hold the batches that exist.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DURATION_NOT_MULTIPLE`.
 */
export function windowOperator<T>(parent: StreamNode<T>, span: WindowSpan): StreamOperator<T> {
  const windowMs = multipleOfSlideMs('window', 'windowMs', span.windowMs, parent);
  const slideMs = multipleOfSlideMs('window', 'slideMs', span.slideMs, parent);
  const batches = parent.keptForReaders();
  batches.persist();
  return {
    kind: 'window',
    parents: [batches],
    slideMs,
    reachBackMs: windowMs,
    persisted: batches,
    asksFor: (batchTime) =>
      batches.timesBetween(batchTime - windowMs + batches.slideMs, batchTime).map((time) => [batches, time]),
    compute: (batchTime) =>
      batches.scope.environment.union(batches.rddsBetween(batchTime - windowMs + batches.slideMs, batchTime)),
  };
}

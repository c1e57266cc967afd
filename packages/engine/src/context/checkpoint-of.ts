// A checkpoint of this moment: how far batches are, and what each operator knows as of the last batch that is done.
import type { BatchTime, Epoch } from '@millrace/core';
import { operatorsOf, type CheckpointContent, type Identity } from '../checkpoint/index.ts';
import type { CheckpointParts } from '../dstream/checkpointed-state.ts';
import type { DStreamGraph } from '../dstream/index.ts';

/** How far a driver is. */
export interface DriverProgress {
  readonly graph: DStreamGraph;
  readonly identity: Identity;
  readonly epoch: Epoch;
  readonly zeroTime: BatchTime;
  readonly doneUpTo: BatchTime;
  readonly lastMade: BatchTime;
  readonly pending: readonly BatchTime[];
}

/**
 * Asks every operator for its state, all at once: batches go on meanwhile, and what an operator has of this moment it
 * may not have for long. What is large goes into `parts`. @throws what an operator throws.
 */
export async function checkpointOf(
  progress: DriverProgress,
  parts: CheckpointParts,
): Promise<CheckpointContent> {
  const { graph, identity, doneUpTo, ...rest } = progress;
  const exported = graph.streams.map(async ({ id, kind, state: kept }) => {
    if (kept === undefined) return [];
    const data = await kept.exportState(doneUpTo, parts);
    return [{ id, kind, version: kept.version, data, parts: kept.partsOf?.(data) ?? [] }];
  });
  const skipped = graph.skipped.since(doneUpTo - 2 * graph.maxInputRememberMs);
  const state = (await Promise.all(exported)).flat();
  return {
    ...identity,
    ...rest,
    doneUpTo,
    ...(skipped.length === 0 ? {} : { skipped }),
    fingerprint: graph.fingerprint(),
    operators: operatorsOf(graph),
    state,
  };
}

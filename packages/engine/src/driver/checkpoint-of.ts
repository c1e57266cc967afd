// A checkpoint of this moment: how far batches are, and what each operator knows as of the last batch that is done.
import { type BatchTime, type Epoch, isMillraceError } from '@millrace/core';
import { operatorsOf } from '../checkpoint/match-program.ts';
import type { CheckpointContent } from '../checkpoint/checkpoint-content.ts';
import type { Identity } from '../checkpoint/match-program.ts';
import { checkpointError } from '../checkpoint/checkpoint-errors.ts';
import type { CheckpointedState, CheckpointParts } from '../graph/checkpointed-state.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';

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
  const exports = graph.streams.map(async ({ id, kind, state: kept }) => {
    if (kept === undefined) return [];
    const data = await exported(kept, { id, doneUpTo, parts });
    return [{ id, kind, version: kept.version, data, parts: kept.partsOf?.(data) ?? [] }];
  });
  const skipped = graph.skipped.since(doneUpTo - 2 * graph.maxInputRememberMs);
  const state = (await Promise.all(exports)).flat();
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

/** What an operator exports. No later checkpoint heals a value that is no data: the error then ends the engine. */
async function exported(
  kept: CheckpointedState,
  of: { readonly id: string; readonly doneUpTo: BatchTime; readonly parts: CheckpointParts },
): Promise<unknown> {
  try {
    return await kept.exportState(of.doneUpTo, of.parts);
  } catch (cause) {
    if (!isMillraceError(cause, 'MR_CODEC_UNSUPPORTED_VALUE')) throw cause;
    const message = `operator ${of.id} keeps something that no checkpoint can hold: ${cause.message}`;
    const details = { operator: of.id, ...cause.details };
    throw checkpointError('MR_CHECKPOINT_VALUE_UNSUPPORTED', message, { details, cause });
  }
}

// Builds a checkpoint of this moment: the progress of batches, and the state of each operator as of the last
// completed batch.
import { type BatchTime, type Epoch, isMillraceError } from '@millrace/core';
import { operatorsOf } from '../checkpoint/match-program.ts';
import type { CheckpointContent } from '../checkpoint/checkpoint-content.ts';
import type { Identity } from '../checkpoint/match-program.ts';
import { checkpointError } from '../checkpoint/checkpoint-errors.ts';
import type { CheckpointedState, CheckpointParts } from '../graph/checkpointed-state.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';

/** The progress of a driver. */
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
 * Asks all operators for their state at the same time: batches go on meanwhile, and an operator may soon lose the
 * state of this moment. Large state goes into `parts`. @throws the errors of operators.
 */
export async function checkpointOf(
  progress: DriverProgress,
  parts: CheckpointParts,
): Promise<CheckpointContent> {
  const { graph, identity, doneUpTo, ...rest } = progress;
  const exports = graph.streams.map(async ({ id, kind, state }) => {
    if (state === undefined) return [];
    const data = await exported(state, { id, doneUpTo, parts });
    return [{ id, kind, version: state.version, data, parts: state.partsOf?.(data) ?? [] }];
  });
  const rememberMs = graph.maxInputRememberMs;
  const skipped = graph.skipped.since(graph.skipped.thresholdFor(doneUpTo, rememberMs) - 2 * rememberMs);
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

/**
 * The exported state of an operator. A value that is no data fails every later checkpoint too, so the error ends
 * the engine.
 */
async function exported(
  state: CheckpointedState,
  of: { readonly id: string; readonly doneUpTo: BatchTime; readonly parts: CheckpointParts },
): Promise<unknown> {
  try {
    return await state.exportState(of.doneUpTo, of.parts);
  } catch (cause) {
    if (!isMillraceError(cause, 'MR_CODEC_UNSUPPORTED_VALUE')) throw cause;
    const message = `operator ${of.id} keeps something that no checkpoint can hold: ${cause.message}`;
    const details = { operator: of.id, ...cause.details };
    throw checkpointError('MR_CHECKPOINT_VALUE_UNSUPPORTED', message, { details, cause });
  }
}

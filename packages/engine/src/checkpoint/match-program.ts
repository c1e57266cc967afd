// Compares a checkpoint with the program that continues from it. Changed code is fine, and so are new or removed
// operators. The state of an operator must never silently go to another operator, or be lost.
import type { Logger, StreamId } from '@millrace/core';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import { InputDStream } from '../dstream/input-dstream.ts';
import type { GraphStream } from '../graph/graph-stream.ts';
import type { CheckpointContent, CheckpointedOperator } from './checkpoint-content.ts';
import { checkpointError } from './checkpoint-errors.ts';

/** The application and the batch interval that have to match. */
export interface Identity {
  readonly application: string;
  readonly batchIntervalMs: number;
}

/** @throws `MR_CHECKPOINT_OTHER_APPLICATION`, `MR_CHECKPOINT_INTERVAL_CHANGED`. */
export function assertSameIdentity(kept: Identity, now: Identity): void {
  const details = { kept: { ...kept }, now: { ...now } };
  if (kept.application !== now.application) {
    throw checkpointError(
      'MR_CHECKPOINT_OTHER_APPLICATION',
      `the stored data belongs to application ${kept.application}, this one is ${now.application}; choose another directory, or keep the name`,
      { details },
    );
  }
  if (kept.batchIntervalMs !== now.batchIntervalMs) {
    throw checkpointError(
      'MR_CHECKPOINT_INTERVAL_CHANGED',
      `batches were made every ${kept.batchIntervalMs} ms, but the interval of the program is ${now.batchIntervalMs} ms; restore the interval, or begin in an empty directory`,
      { details },
    );
  }
}

/** The operators of a program, for a checkpoint. */
export function operatorsOf(graph: DStreamGraph): CheckpointedOperator[] {
  return graph.streams.map((stream) => ({
    id: stream.id,
    kind: stream.kind,
    hasUid: stream.hasUid,
    ...(stream instanceof InputDStream ? { streamId: stream.streamId } : {}),
  }));
}

/**
 * Checks that everything in the checkpoint has its operator: state by id and kind, received data of unfinished batches
 * by stream and kind. State or data without an operator is dropped and logged when `allowDroppedState` permits.
 *
 * @returns the streams whose data has to be dropped.
 * @throws `MR_CHECKPOINT_STATE_DROPPED`, listing the operators of the checkpoint and those of the program;
 *   `MR_CHECKPOINT_UID_AMBIGUOUS`.
 */
export function assertNothingDropped(options: {
  readonly graph: DStreamGraph;
  readonly content: CheckpointContent;
  /** The streams with received data of unfinished batches. */
  readonly streamsWithData: ReadonlySet<StreamId>;
  readonly allowDroppedState: boolean;
  readonly log: Logger;
}): readonly StreamId[] {
  const { graph, content, streamsWithData, allowDroppedState, log } = options;
  const takers = stateTakers(graph, content.state);
  if (!allowDroppedState) assertOneStateEach(graph, content.state);
  const states = content.state.filter((state) => !takers.has(state));
  const inputs = content.operators.filter(
    (operator) =>
      operator.streamId !== undefined && streamsWithData.has(operator.streamId) && !hasInput(graph, operator),
  );
  const dropped = [...new Set([...states, ...inputs].map(nameOf))];
  if (dropped.length === 0) return [];
  const present = graph.streams.map(nameOf);
  if (allowDroppedState) {
    log.warn('dropping restored state of operators', { dropped, present });
    return inputs.flatMap(({ streamId }) => streamId ?? []);
  }
  throw checkpointError(
    'MR_CHECKPOINT_STATE_DROPPED',
    `the checkpoint has state of ${dropped.join(', ')}, but the program has ${present.join(', ')}; ` +
      'restore the uids of operators, or set allowDroppedState to lose the state',
    { details: { dropped, present } },
  );
}

/**
 * The operators that take the states of a checkpoint: by id and kind, else by a former id. An operator takes one state; a
 * state without an operator is absent.
 */
export function stateTakers<S extends KeptName>(
  graph: DStreamGraph,
  states: readonly S[],
): ReadonlyMap<S, GraphStream<unknown>> {
  const takers = new Map<S, GraphStream<unknown>>();
  for (const stream of graph.streams) {
    const [state] = statesFor(stream, states);
    if (state !== undefined) takers.set(state, stream);
  }
  return takers;
}

/** A name in a checkpoint. */
interface KeptName {
  readonly id: string;
  readonly kind: string;
}

/** The states that an operator could take, the one of its present id first. */
function statesFor<S extends KeptName>(stream: GraphStream<unknown>, states: readonly S[]): readonly S[] {
  if (stream.state === undefined) return [];
  return [stream.id, ...stream.formerIds].flatMap(
    (id) => states.find((state) => state.id === id && state.kind === stream.kind) ?? [],
  );
}

/** @throws `MR_CHECKPOINT_UID_AMBIGUOUS` when an operator finds state under its uid and a former uid, or two former ones. */
function assertOneStateEach(graph: DStreamGraph, states: readonly KeptName[]): void {
  for (const stream of graph.streams) {
    const ids = statesFor(stream, states).map(({ id }) => id);
    if (ids.length <= 1) continue;
    throw checkpointError(
      'MR_CHECKPOINT_UID_AMBIGUOUS',
      `the checkpoint has state under several uids of ${nameOf(stream)}: ${ids.join(', ')}; ` +
        `leave the wrong names out of was, and set allowDroppedState to lose their state`,
      { details: { operator: stream.id, found: ids } },
    );
  }
}

function hasInput(graph: DStreamGraph, kept: CheckpointedOperator): boolean {
  const input = graph.inputs.find(({ streamId }) => streamId === kept.streamId);
  if (input === undefined || input.kind !== kept.kind) return false;
  return !(kept.hasUid && input.hasUid) || kept.id === input.id || input.formerIds.includes(kept.id);
}

function nameOf({ id, kind }: { readonly id: string; readonly kind: string }): string {
  return id.endsWith(`-${kind}`) ? id : `${id} (${kind})`;
}

// Operators that remember something, over executors that do not share the driver's memory. The driver keeps a snapshot of
// each, tells executors of it with every task, and lets nothing go that it takes to come from the oldest snapshot to now.
// So the death of an executor costs the work since the last checkpoint, and no state.
import type { BatchTime } from '@millrace/core';
import type { OperatorSnapshots } from '@millrace/core/engine';
import type { DStreamGraph } from './dstream-graph.ts';
import { dstreamError } from './dstream-errors.ts';

/** Reads one partition of what the driver keeps of an operator. */
export type FetchOperatorSnapshot = (
  operator: string,
  batchTime: BatchTime,
  partition: number,
) => Promise<Uint8Array>;

/** What executors are told; undefined when no operator remembers anything. */
export function snapshotsOf(graph: DStreamGraph): OperatorSnapshots | undefined {
  const shared = graph.sharedStates;
  if (shared.length === 0) return undefined;
  const operators = new Map(shared.map(([{ id }, state]) => [id, state.snapshot()]));
  return { recoveredUpTo: graph.recoveredUpTo, operators };
}

/** Batches after this one may have to be computed again, whatever is done with; infinity: none. */
export function rebuiltFrom(graph: DStreamGraph): BatchTime {
  return graph.sharedStates.reduce((least, [, state]) => Math.min(least, state.snapshot().upTo), Infinity);
}

/** Takes over what the driver tells, on an executor; on the driver itself, what it keeps now. */
export function loadSnapshots(
  graph: DStreamGraph,
  snapshots: OperatorSnapshots,
  read: FetchOperatorSnapshot,
): void {
  for (const [{ id }, state] of graph.sharedStates) {
    const snapshot = snapshots.operators.get(id);
    if (snapshot !== undefined)
      state.adopt(snapshot, (batchTime, partition) => read(id, batchTime, partition));
  }
}

/** The driver's answer to an executor. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`, and what the store of checkpoints throws. */
export async function fetchSnapshot(
  graph: DStreamGraph,
  { operator, batchTime, partition }: { operator: string; batchTime: BatchTime; partition: number },
): Promise<Uint8Array> {
  const found = graph.sharedStates.find(([{ id }]) => id === operator);
  if (found === undefined) throw snapshotSuperseded(operator, batchTime);
  return found[1].fetchSnapshot(batchTime, partition);
}

/** @throws `MR_GRAPH_STATE_NOT_SHARED` when an operator remembers what only the driver's memory could hold. */
export function assertStateIsShared(graph: DStreamGraph): void {
  const ids = graph.streams
    .filter(({ remembers, state }) => remembers && state?.shared === undefined)
    .map(({ id }) => id);
  if (ids.length === 0) return;
  throw dstreamError(
    'MR_GRAPH_STATE_NOT_SHARED',
    `${ids.join(', ')} need state in the memory of the driver, but executors have a memory of their own; run the program with master local`,
    { details: { operators: ids } },
  );
}

/** A snapshot was asked for that the driver keeps no more: there is a newer one. */
export function snapshotSuperseded(operator: string, batchTime: BatchTime): Error {
  return dstreamError(
    'MR_STATE_SNAPSHOT_SUPERSEDED',
    `what ${operator} kept of batch ${batchTime} was requested, but the driver now has the snapshot of another batch; the next attempt gets that snapshot`,
    { details: { operator, batchTime } },
  );
}

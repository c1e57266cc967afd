// Operators with state, over executors that do not share the driver's memory. The driver keeps a snapshot of each
// operator, sends the description of the snapshot with every task, and retains all data between the oldest snapshot and
// now. The death of an executor therefore costs the work since the last checkpoint, and no state.
import type { BatchTime } from '@millrace/core';
import type { OperatorSnapshots } from '@millrace/core/engine';
import type { DStreamGraph } from './dstream-graph.ts';
import { dstreamError } from './dstream-errors.ts';

/** Reads one partition of an operator's snapshot from the driver. */
export type FetchOperatorSnapshot = (
  operator: string,
  batchTime: BatchTime,
  partition: number,
) => Promise<Uint8Array>;

/** The snapshots that executors can load; undefined when no operator has state. */
export function snapshotsOf(graph: DStreamGraph): OperatorSnapshots | undefined {
  const shared = graph.sharedStates;
  if (shared.length === 0) return undefined;
  const operators = new Map(shared.map(([{ id }, state]) => [id, state.snapshot()]));
  return { recoveredUpTo: graph.recoveredUpTo, operators };
}

/** Batches after this one may have to be computed again, also when done; infinity: no batch may. */
export function rebuiltFrom(graph: DStreamGraph): BatchTime {
  return graph.sharedStates.reduce((least, [, state]) => Math.min(least, state.snapshot().upTo), Infinity);
}

/** Adopts the driver's snapshots, on an executor; on the driver itself, the present snapshots. */
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

/**
 * The driver's answer to an executor. @throws `MR_STATE_SNAPSHOT_SUPERSEDED`, and the errors of the checkpoint store.
 */
export async function fetchSnapshot(
  graph: DStreamGraph,
  { operator, batchTime, partition }: { operator: string; batchTime: BatchTime; partition: number },
): Promise<Uint8Array> {
  const found = graph.sharedStates.find(([{ id }]) => id === operator);
  if (found === undefined) throw snapshotSuperseded(operator, batchTime);
  return found[1].fetchSnapshot(batchTime, partition);
}

/** @throws `MR_GRAPH_STATE_NOT_SHARED` when an operator has state that only the driver's memory could hold. */
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

/** The error for a requested snapshot that the driver has replaced by a newer one. */
export function snapshotSuperseded(operator: string, batchTime: BatchTime): Error {
  return dstreamError(
    'MR_STATE_SNAPSHOT_SUPERSEDED',
    `what ${operator} kept of batch ${batchTime} was requested, but the driver now has the snapshot of another batch; the next attempt gets that snapshot`,
    { details: { operator, batchTime } },
  );
}

// The checkpoints of a running driver: where they go, what they say, and what follows when one is durable. When to write
// them is the matter of the writer; when to ask for one, of the batches that are done.
import {
  Codec,
  MemoryCheckpointStore,
  type BatchTime,
  type CheckpointStore,
  type Epoch,
  type Logger,
} from '@millrace/core';
import type { ResumePoint } from '../batches/job-generator.ts';
import { CheckpointWriter } from '../checkpoint/checkpoint-writer.ts';
import type { CheckpointContent } from '../checkpoint/checkpoint-content.ts';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import { loadSnapshots, snapshotsOf, fetchSnapshot } from '../graph/shared-states.ts';
import { checkpointOf } from './checkpoint-of.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { DriverComponents } from './driver-components.ts';

/** What checkpoints are made of. */
export interface DriverCheckpointsDeps {
  readonly driver: DriverDeps;
  readonly log: Logger;
  readonly store: CheckpointStore;
  readonly epoch: Epoch;
  /** Where the driver begins: what a checkpoint says as long as no batches are made. */
  readonly start: ResumePoint;
  /** Undefined until there is something that runs. */
  readonly running: () => Pick<DriverComponents, 'generator' | 'scheduler'> | undefined;
  /** Told what neither the newest checkpoint nor the one before it needs. */
  readonly onSafe: (doneUpTo: BatchTime) => void;
}

/**
 * Where checkpoints go; undefined: there are none. Executors with a memory of their own may die with state: then they
 * go on from one in memory, where no other store is given.
 */
export function checkpointStoreFor(
  { graph, executors }: DriverDeps,
  given: CheckpointStore | undefined,
  log: Logger,
): CheckpointStore | undefined {
  if (given !== undefined || executors.backend.isRemote !== true) return given;
  if (graph.streams.every(({ state }) => state?.shared === undefined)) return undefined;
  return new MemoryCheckpointStore({ log });
}

/** Makes the writer of one driver. Nothing is written yet. */
export function driverCheckpoints(setup: DriverCheckpointsDeps): CheckpointWriter {
  const { driver, log, store, onSafe } = setup;
  return new CheckpointWriter({
    store,
    codec: driver.assembled.ports.get(Codec),
    log,
    keep: driver.checkpointsKept,
    snapshot: (parts) => snapshot(setup, parts),
    onDurable: () => {
      for (const { state } of driver.graph.streams) state?.checkpointed?.();
      // In the same turn: what executors are told from now on, the driver's own graph has to be in line with.
      advanceSnapshots(driver);
    },
    onSafe,
    onFatal: driver.onFatal,
  });
}

function snapshot(setup: DriverCheckpointsDeps, parts: CheckpointParts): Promise<CheckpointContent> {
  const { driver, epoch, start, running } = setup;
  const { graph, identity } = driver;
  const { generator, scheduler } = running() ?? {};
  const hasBegun = generator?.hasStarted === true;
  const progress = {
    graph,
    identity,
    epoch,
    zeroTime: start.zeroTime,
    doneUpTo: hasBegun ? generator.doneUpTo : start.doneUpTo,
    lastMade: hasBegun ? generator.lastMade : start.lastMade,
    pending: scheduler?.pendingBatches() ?? [],
  };
  return checkpointOf(progress, parts);
}

/** Lets go of how state came to what is kept of it now. */
function advanceSnapshots({ graph, executors }: DriverDeps): void {
  const snapshots = executors.backend.isRemote === true ? snapshotsOf(graph) : undefined;
  if (snapshots === undefined) return;
  loadSnapshots(graph, snapshots, (operator, batchTime, partition) =>
    fetchSnapshot(graph, { operator, batchTime, partition }),
  );
}

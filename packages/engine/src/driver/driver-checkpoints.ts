// The checkpoints of a running driver: their place, their content, and the reactions to a durable checkpoint.
// `CheckpointWriter` decides when to write, `CompletedBatchCleanup` when to request a checkpoint.
import {
  Codec,
  MemoryCheckpointStore,
  type BatchTime,
  type CheckpointStore,
  type Clock,
  type Epoch,
  type Logger,
} from '@millrace/core';
import type { CheckpointInfo } from '@millrace/core/observation';
import type { ResumePoint } from '../batches/job-generator.ts';
import { CheckpointWriter } from '../checkpoint/checkpoint-writer.ts';
import type { CheckpointContent } from '../checkpoint/checkpoint-content.ts';
import type { CheckpointParts } from '../graph/checkpointed-state.ts';
import { loadSnapshots, snapshotsOf, fetchSnapshot } from '../graph/shared-states.ts';
import { checkpointOf } from './checkpoint-of.ts';
import type { DriverDeps } from './driver-deps.ts';
import type { DriverComponents } from './driver-components.ts';

/** Components and settings that checkpoints are made from. */
export interface DriverCheckpointsDeps {
  readonly driver: DriverDeps;
  readonly log: Logger;
  readonly clock: Clock;
  readonly store: CheckpointStore;
  /** True for a store that the program has configured; a store of the engine's own is in memory, and reports nothing. */
  readonly isConfigured: boolean;
  readonly epoch: Epoch;
  /** The starting point of the driver: the content of a checkpoint as long as no batches were made. */
  readonly start: ResumePoint;
  /** Undefined until components run. */
  readonly running: () => Pick<DriverComponents, 'generator' | 'scheduler'> | undefined;
  /** Called with the time up to which neither the newest checkpoint nor its predecessor needs anything. */
  readonly onSafe: (doneUpTo: BatchTime) => void;
}

/**
 * The store of checkpoints; undefined without checkpoints. Executors with a memory of their own may die with state,
 * so such engines keep a checkpoint in memory when no other store is configured.
 */
export function checkpointStoreFor(
  { graph, executors }: DriverDeps,
  configured: CheckpointStore | undefined,
  log: Logger,
): CheckpointStore | undefined {
  if (configured !== undefined || executors.backend.isRemote !== true) return configured;
  if (graph.streams.every(({ state }) => state?.shared === undefined)) return undefined;
  return new MemoryCheckpointStore({ log });
}

/** Makes the checkpoint writer of one driver. Nothing is written yet. */
export function driverCheckpoints(setup: DriverCheckpointsDeps): CheckpointWriter {
  const { driver, log, clock, store, isConfigured, onSafe } = setup;
  return new CheckpointWriter({
    store,
    codec: driver.assembled.ports.get(Codec),
    log,
    clock,
    keep: driver.checkpointsKept,
    snapshot: (parts) => snapshot(setup, parts),
    onDurable: () => {
      for (const { state } of driver.graph.streams) state?.checkpointed?.();
      // In the same turn: the driver's own graph must match the snapshots that executors receive from now on.
      advanceSnapshots(driver);
    },
    onSafe,
    ...(isConfigured ? { onTried: (checkpoint: CheckpointInfo) => report(driver, checkpoint) } : {}),
    onFatal: driver.onFatal,
  });
}

function report({ publish }: DriverDeps, checkpoint: CheckpointInfo): void {
  const event = checkpoint.error === undefined ? 'checkpoint:completed' : 'checkpoint:failed';
  publish(event, { checkpoint });
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

/** Drops the lineage behind the newest snapshots of state. */
function advanceSnapshots({ graph, executors }: DriverDeps): void {
  const snapshots = executors.backend.isRemote === true ? snapshotsOf(graph) : undefined;
  if (snapshots === undefined) return;
  loadSnapshots(graph, snapshots, (operator, batchTime, partition) =>
    fetchSnapshot(graph, { operator, batchTime, partition }),
  );
}

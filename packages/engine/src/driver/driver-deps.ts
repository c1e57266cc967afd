// The collaborators and settings of a driver. The context collects them from the program, its options and the
// plugins; the driver and the files of `driver/` read them.
import type { BatchTime, ConfiguredReceiver, ExecutorId, StreamId } from '@millrace/core';
import type { AssembledPorts, ExecutorEndpoint, ExecutorIdentity } from '@millrace/core/engine';
import type { BackPressureOptions } from '../batches/back-pressure-options.ts';
import type { BatchOptions } from '../batches/batch-options.ts';
import type { ChosenExecutorAllocation } from '../batches/executor-allocation-options.ts';
import type { Identity } from '../checkpoint/match-program.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { PublishEvent } from '../listening/publish-event.ts';
import type { DagScheduler } from '../jobs/dag-scheduler.ts';
import type { ReceivingOptions } from '../receiving/receiving-options.ts';
import type { RecordErrorLedger } from '../record-errors/record-error-ledger.ts';
import type { InputInfoTracker } from '../tracking/input-info-tracker.ts';
import type { TrackingOptions } from '../tracking/tracking-options.ts';
import type { ChosenExecutors } from './chosen-executors.ts';
import type { DriverCharge } from './driver-charge.ts';
import type { Placement } from './placement.ts';

/** A receiver stream of the program. */
export interface ProgramReceiver {
  readonly streamId: StreamId;
  readonly receiver: ConfiguredReceiver<unknown>;
}

/** Collaborators and settings of a driver. */
export interface DriverDeps {
  readonly assembled: AssembledPorts;
  readonly charge: DriverCharge;
  readonly executors: ChosenExecutors;
  /** The executors that receivers and tasks are placed on. */
  readonly placement: Placement;
  /** Undefined on an executor. */
  readonly dagScheduler: DagScheduler | undefined;
  /** Undefined: the number of executors stays the same. */
  readonly executorAllocation: ChosenExecutorAllocation | undefined;
  /** Called when executors come or go, in addition to the tracker. */
  readonly onExecutorsChanged: (lost?: ExecutorId) => void;
  /** Called when batches are done. */
  readonly onDone: (doneUpTo: BatchTime) => void;
  readonly graph: DStreamGraph;
  readonly receivers: readonly ProgramReceiver[];
  readonly inputInfo: InputInfoTracker;
  readonly identity: Identity;
  readonly checkpointDirectory: string | undefined;
  readonly checkpointsKept: number;
  readonly allowDroppedState: boolean;
  readonly batchOptions: BatchOptions;
  readonly trackingOptions: Partial<TrackingOptions>;
  readonly receivingOptions: Pick<
    ReceivingOptions,
    'maxRate' | 'maxBytesPerSecond' | 'maxRestarts' | 'healthyAfterMs'
  >;
  /** The records that were left out, and the sink of dead letters. */
  readonly recordErrors: RecordErrorLedger;
  /** Undefined: receivers store as much as the receiving options allow. */
  readonly backPressure: BackPressureOptions | undefined;
  readonly publish: PublishEvent;
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** Called once when the engine has failed. */
  readonly onFatal: (error: unknown) => void;
}

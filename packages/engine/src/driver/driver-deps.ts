// What the driver of a streaming context is made of. The context gathers it from the program, its options and the
// plugins; the driver and the files that it is made of read it.
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
import type { InputInfoTracker } from '../tracking/input-info-tracker.ts';
import type { TrackingOptions } from '../tracking/tracking-options.ts';
import type { ChosenExecutors } from '../context/master.ts';
import type { Placement } from './placement.ts';

/** A receiver stream of the program. */
export interface ReceiverEntry {
  readonly streamId: StreamId;
  readonly receiver: ConfiguredReceiver<unknown>;
}

/** What a driver is made of. */
export interface DriverDeps {
  readonly assembled: AssembledPorts;
  readonly executors: ChosenExecutors;
  /** Where receivers and tasks go. */
  readonly placement: Placement;
  /** Undefined on an executor. */
  readonly dagScheduler: DagScheduler | undefined;
  /** Undefined: the number of executors stays as it is. */
  readonly executorAllocation: ChosenExecutorAllocation | undefined;
  /** Told of executors that come and go, beside the tracker. */
  readonly onExecutorsChanged: (lost?: ExecutorId) => void;
  /** Told when batches are done with. */
  readonly onDone: (doneUpTo: BatchTime) => void;
  readonly graph: DStreamGraph;
  readonly receivers: readonly ReceiverEntry[];
  readonly inputInfo: InputInfoTracker;
  readonly identity: Identity;
  readonly checkpointDirectory: string | undefined;
  readonly checkpointsKept: number;
  readonly allowDroppedState: boolean;
  readonly batchOptions: BatchOptions;
  readonly trackingOptions: Partial<TrackingOptions>;
  readonly receivingOptions: Pick<ReceivingOptions, 'maxRate' | 'maxBytesPerSecond'>;
  /** Undefined: receivers store as much as the options of receiving allow. */
  readonly backPressure: BackPressureOptions | undefined;
  readonly publish: PublishEvent;
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** Called once when the engine has failed. */
  readonly onFatal: (error: unknown) => void;
}

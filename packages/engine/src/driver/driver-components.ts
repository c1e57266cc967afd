// The components of a running driver and their connections: batches are made from the tracker's allocations, rates
// and the number of executors follow the results of batches, and completed batches are cleaned up. Nothing is
// started here.
//
//   receiver tracker ─► generator ─► scheduler ─► events ─► rates ─► receiver tracker
//                                        │           └────► allocation of executors
//                                        └─ batch done ─► generator ─► completed-batch cleanup ─► checkpoints
import {
  RandomSource,
  RateEstimatorFactory,
  SchedulingPolicy,
  type BatchTime,
  type Clock,
  type Epoch,
  type Logger,
} from '@millrace/core';
import { JobGenerator } from '../batches/job-generator.ts';
import { JobScheduler } from '../batches/job-scheduler.ts';
import { RateController } from '../batches/rate-controller.ts';
import type { ExecutorAllocationManager } from '../batches/executor-allocation-manager.ts';
import type { CheckpointWriter } from '../checkpoint/checkpoint-writer.ts';
import { fetchSnapshot } from '../graph/shared-states.ts';
import { ReceiverTracker } from '../tracking/receiver-tracker.ts';
import type { ReceivedBlockTracker } from '../tracking/received-block-tracker.ts';
import { CompletedBatchCleanup } from './completed-batch-cleanup.ts';
import type { DriverDeps, ProgramReceiver } from './driver-deps.ts';
import type { DriverStorage } from './driver-storage.ts';
import type { ExecutorReports } from './executor-reports.ts';
import { allocateExecutors } from './executor-allocation.ts';

/** Components that run once recovery has determined the starting point. */
export interface DriverComponents {
  readonly durable: DriverStorage;
  readonly blockTracker: ReceivedBlockTracker;
  readonly receiverTracker: ReceiverTracker;
  readonly scheduler: JobScheduler;
  readonly generator: JobGenerator;
  readonly completedBatches: CompletedBatchCleanup;
  readonly rates: RateController | undefined;
  readonly allocation: ExecutorAllocationManager | undefined;
  /** Undefined when there are no checkpoints. */
  readonly checkpoints: CheckpointWriter | undefined;
}

/** Components that exist before anything runs. */
export interface DriverComponentsDeps extends Pick<
  DriverComponents,
  'durable' | 'blockTracker' | 'checkpoints'
> {
  readonly driver: DriverDeps;
  readonly clock: Clock;
  readonly log: Logger;
  readonly epoch: Epoch;
  readonly executorReports: ExecutorReports;
}

/** Makes the components and connects them. */
export function joinDriverComponents(setup: DriverComponentsDeps): DriverComponents {
  const { driver, durable, blockTracker, checkpoints, clock, log } = setup;
  const { graph, batchOptions, publish, inputInfo, onFatal, identity } = driver;
  const parts = { clock, log, publish };
  const receiverTracker = createReceiverTracker(setup);
  const completedBatches = new CompletedBatchCleanup({
    ...setup,
    receiverTracker,
    doneUpTo: () => generator.doneUpTo,
  });
  const rates = createRateController(setup, receiverTracker);
  const allocation = createExecutorAllocation(setup, { receiverTracker, completedBatches, rates });
  const scheduler = new JobScheduler({
    ...parts,
    publish: (event, value) => {
      rates?.onEvent(event, value);
      allocation?.onEvent(event, value);
      publish(event, value);
    },
    options: batchOptions,
    onBatchDone: (batchTime) => generator.onBatchDone(batchTime),
    onHeldChanged: (count) => receiverTracker.batchesHeld(count),
    ...(driver.recordErrors.hasSink
      ? { lastJobOf: (batchTime: BatchTime) => driver.recordErrors.jobAt(batchTime) }
      : {}),
    onBatchEnding: (batchTime) => driver.recordErrors.end(batchTime),
    mayBegin: () => driver.charge.isCertain,
    onFatal,
  });
  driver.charge.onCertain(() => scheduler.resume());
  const generator: JobGenerator = new JobGenerator({
    ...parts,
    graph,
    scheduler,
    batchIntervalMs: identity.batchIntervalMs,
    options: batchOptions,
    recordsInputs: durable.metadataLog.isDurable,
    allocateBlocks: (batchTime, inputs) => blockTracker.allocateBlocksToBatch(batchTime, inputs),
    recordSkipped: ({ from, to }) => blockTracker.skipBatches(from, to),
    hasUnallocatedBlocks: () => blockTracker.hasUnallocatedBlocks(),
    inputsOf: (batchTime) => inputInfo.getInfo(batchTime),
    onDone: (doneUpTo) => completedBatches.add(doneUpTo),
    onFatal,
  });
  return {
    durable,
    blockTracker,
    receiverTracker,
    scheduler,
    generator,
    completedBatches,
    rates,
    allocation,
    checkpoints,
  };
}

function createReceiverTracker(setup: DriverComponentsDeps): ReceiverTracker {
  const { driver, blockTracker, clock, log, epoch } = setup;
  const { assembled, placement, receivers, graph, publish, onFatal } = driver;
  const { trackingOptions, receivingOptions } = driver;
  const { ports } = assembled;
  return new ReceiverTracker({
    clock,
    log,
    publish,
    backend: placement,
    policy: ports.get(SchedulingPolicy),
    receivers: receivers.map(streamOf),
    blockTracker,
    fetchSnapshot: async (request) => ({ bytes: await fetchSnapshot(graph, request) }),
    random: ports.get(RandomSource),
    epoch,
    options: trackingOptions,
    restartBounds: receivingOptions,
    onReplaced: onFatal,
    onFatal,
  });
}

function streamOf({ streamId, receiver }: ProgramReceiver) {
  const { description: name, preferredHost, capabilities } = receiver;
  return {
    streamId,
    name,
    isReplayable: capabilities.replayable,
    ...(preferredHost === undefined ? {} : { preferredHost }),
  };
}

/** The first limits are set at once: receivers get their limits at their start. */
function createRateController(
  { driver, clock, log }: DriverComponentsDeps,
  tracker: ReceiverTracker,
): RateController | undefined {
  const { backPressure, receivingOptions, receivers, publish, identity, assembled } = driver;
  if (backPressure === undefined) return undefined;
  const controller = new RateController({
    ...receivingOptions,
    clock,
    log,
    publish,
    estimators: assembled.ports.get(RateEstimatorFactory),
    streamIds: receivers.map(({ streamId }) => streamId),
    batchIntervalMs: identity.batchIntervalMs,
    options: backPressure,
    setLimit: (streamId, { recordsPerSecond, bytesPerSecond }) =>
      tracker.updateRateLimit(streamId, recordsPerSecond, bytesPerSecond),
  });
  controller.begin();
  return controller;
}

/** The allocation follows `rates`: a completed batch is looked up in the notes of the rate controller. */
function createExecutorAllocation(
  { driver, clock, log, executorReports }: DriverComponentsDeps,
  known: {
    readonly receiverTracker: ReceiverTracker;
    readonly completedBatches: CompletedBatchCleanup;
    readonly rates: RateController | undefined;
  },
): ExecutorAllocationManager | undefined {
  const { executorAllocation: chosen, dagScheduler, placement, receivers, identity, executors } = driver;
  const { scaling } = executors.backend;
  if (chosen === undefined || scaling === undefined || dagScheduler === undefined) return undefined;
  const { receiverTracker, completedBatches, rates } = known;
  return allocateExecutors({
    clock,
    log,
    chosen,
    scaling: executorReports.watched(scaling),
    placement,
    dagScheduler,
    batchIntervalMs: identity.batchIntervalMs,
    streamIds: receivers.map(({ streamId }) => streamId),
    wasHeldBack: (batchTime) => rates?.wasHeldBack(batchTime) ?? false,
    executorsWithReceivers: () => receiverTracker.executorsWithReceivers(),
    hasOnlyCopies: (executorId) => completedBatches.neededBlocksIn(executorId).blocks > 0,
  });
}

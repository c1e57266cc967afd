// The values of metrics of executors, logs, checkpoints, states and the driver.
import type { EngineReading, LogGauges, LoopDelay } from '@millrace/core/observation';
import type { Observation } from '../observation.ts';
import { liveWatermarks, statesOf } from '../state-of.ts';
import { addClusterMetrics } from './cluster-metrics.ts';
import type { SeriesOf } from './metric-series.ts';

/** The value of the label `executor` for the log of the driver's decisions. */
const DRIVER = 'driver';
/** An older answer about followers is no amount of now. */
const FOLLOWERS_AGE_MS = 30_000;

/** Adds the values. */
export function addEngineMetrics(observation: Observation, seriesOf: SeriesOf): void {
  addBacklog(observation, seriesOf);
  addCheckpoints(observation, seriesOf);
  for (const { operator, keys, sizeBytes } of statesOf(observation)) {
    seriesOf('millrace.state.keys').add(keys, operator);
    seriesOf('millrace.state.size').add(sizeBytes, operator);
  }
  for (const { stream, lagMs } of liveWatermarks(observation))
    seriesOf('millrace.watermark.lag').add(lagMs / 1_000, stream);
  const reading = observation.gauges.newest;
  seriesOf('millrace.executor.active').add(reading?.executors.length ?? observation.losses.count);
  if (reading === undefined) return;
  addClusterMetrics(observation, seriesOf);
  seriesOf('millrace.listener.dropped').add(reading.droppedEvents);
  seriesOf('millrace.driver.heap.used').add(reading.driver.heapUsedBytes);
  addLoopDelay(reading.driver.loopDelay, (seconds, statistic) =>
    seriesOf('millrace.driver.loop.delay').add(seconds, statistic),
  );
  if (reading.log !== undefined) addLog(reading.log, DRIVER, seriesOf);
  for (const executor of reading.executors) addExecutor(executor, seriesOf);
}

function addBacklog(observation: Observation, seriesOf: SeriesOf): void {
  const { queued, notMade, oldestDelayMs } = observation.backlog();
  seriesOf('millrace.batch.queued').add(queued);
  seriesOf('millrace.batch.not_made').add(notMade);
  seriesOf('millrace.batch.held').add(observation.heldBatches().length);
  seriesOf('millrace.batch.oldest.delay').add(oldestDelayMs / 1_000);
}

function addCheckpoints({ checkpoints, clock }: Observation, seriesOf: SeriesOf): void {
  const observed = checkpoints.toObserved();
  if (observed === undefined) return;
  const ageMs = checkpoints.ageMs(clock.monotonicMs());
  seriesOf('millrace.checkpoint.age').add(ageMs === undefined ? undefined : ageMs / 1_000);
  seriesOf('millrace.checkpoint.duration').addHistogram(checkpoints.durations);
  seriesOf('millrace.checkpoint.size').add(observed.sizeBytes);
  seriesOf('millrace.checkpoint.failures').add(observed.failures);
}

function addExecutor(executor: EngineReading['executors'][number], seriesOf: SeriesOf): void {
  const { executorId, blocks, log, thread, runningTasks, completedTasks } = executor;
  seriesOf('millrace.blocks.stored').add(blocks.bytes, executorId);
  seriesOf('millrace.blocks.limit').add(blocks.maxBytes, executorId);
  seriesOf('millrace.executor.tasks.running').add(runningTasks, executorId);
  seriesOf('millrace.executor.tasks.completed').add(completedTasks, executorId);
  seriesOf('millrace.executor.heap.used').add(thread?.heapUsedBytes, executorId);
  addLoopDelay(thread?.loopDelay, (seconds, statistic) =>
    seriesOf('millrace.executor.loop.delay').add(seconds, executorId, statistic),
  );
  if (log !== undefined) addLog(log, executorId, seriesOf);
}

function addLog(log: LogGauges, executorId: string, seriesOf: SeriesOf): void {
  seriesOf('millrace.log.size').add(log.sizeBytes, executorId);
  seriesOf('millrace.log.room').add(log.roomBytes, executorId);
  seriesOf('millrace.log.syncs').add(log.syncs, executorId);
  seriesOf('millrace.log.errors').add(log.errors, executorId);
  if (log.kind !== undefined) seriesOf('millrace.log.kind').add(1, executorId, log.kind);
  addLag(log, executorId, seriesOf);
  if (log.syncMs === undefined) return;
  const durations = seriesOf('millrace.log.sync.duration');
  durations.add(log.syncMs.p50 / 1_000, executorId, 'p50');
  durations.add(log.syncMs.p99 / 1_000, executorId, 'p99');
  durations.add(log.syncMs.max / 1_000, executorId, 'max');
}

function addLag({ unconfirmed, followers }: LogGauges, executorId: string, seriesOf: SeriesOf): void {
  if (unconfirmed !== undefined) {
    seriesOf('millrace.log.unconfirmed').add(unconfirmed.entries, executorId);
    seriesOf('millrace.log.unconfirmed.size').add(unconfirmed.bytes, executorId);
    seriesOf('millrace.log.unconfirmed.age').add(unconfirmed.oldestMs / 1_000, executorId);
  }
  if (followers === undefined || followers.ageMs > FOLLOWERS_AGE_MS) return;
  seriesOf('millrace.log.followers').add(followers.count, executorId);
  seriesOf('millrace.log.followers.behind').add(followers.behind, executorId);
  seriesOf('millrace.log.followers.lag').add(followers.lag, executorId);
}

function addLoopDelay(delay: LoopDelay | undefined, add: (seconds: number, statistic: string) => void): void {
  if (delay === undefined) return;
  add(delay.p50Ms / 1_000, 'p50');
  add(delay.p95Ms / 1_000, 'p95');
  add(delay.maxMs / 1_000, 'max');
}

// The values of metrics of batches, inputs, outputs and records.
import { PHASES } from '../counters/batch-counters.ts';
import type { Observation } from '../observation.ts';
import type { SeriesOf } from './metric-series.ts';

/** Adds the values. */
export function addStreamMetrics(observation: Observation, seriesOf: SeriesOf): void {
  addBatches(observation, seriesOf);
  addInputs(observation, seriesOf);
  for (const { name, histogram, retries, failures } of observation.outputs.all()) {
    seriesOf('millrace.output.duration').addHistogram(histogram, name);
    seriesOf('millrace.output.retries').add(retries, name);
    seriesOf('millrace.output.failures').add(failures, name);
  }
  const { totals } = observation.counters;
  seriesOf('millrace.record.errors').add(totals.recordErrors);
  seriesOf('millrace.dead.letters').add(totals.deadLetters);
  seriesOf('millrace.ahead.records').add(totals.aheadRecords);
  for (const [stream, late] of observation.lateRecords.entries())
    seriesOf('millrace.late.records').add(late, stream);
}

function addBatches(observation: Observation, seriesOf: SeriesOf): void {
  const { counters, interval } = observation;
  seriesOf('millrace.batch.processing.duration').addHistogram(counters.processing);
  seriesOf('millrace.batch.scheduling.delay').addHistogram(counters.scheduling);
  seriesOf('millrace.batch.total.delay').addHistogram(counters.total);
  for (const phase of PHASES) {
    const histogram = counters.phases.get(phase);
    if (histogram !== undefined)
      seriesOf('millrace.batch.phase.duration').addHistogram(histogram, labelOfPhase(phase));
  }
  const completed = seriesOf('millrace.batch.completed');
  // A counter that exists from the start lets a monitor see the first failure.
  for (const outcome of ['succeeded', 'failed', 'skipped']) {
    const { first = 0, rerun = 0 } = counters.completed.get(outcome) ?? {};
    completed.add(first, outcome, 'false');
    completed.add(rerun, outcome, 'true');
  }
  seriesOf('millrace.batch.skipped_times').add(counters.totals.skippedBatches);
  seriesOf('millrace.batch.interval').add(interval.ms / 1_000);
}

function addInputs({ inputs }: Observation, seriesOf: SeriesOf): void {
  for (const stream of inputs.all()) {
    const { name, waiting } = stream;
    seriesOf('millrace.stream.records').add(stream.records, name);
    seriesOf('millrace.stream.bytes').add(stream.bytes, name);
    seriesOf('millrace.stream.blocks').add(stream.blocks, name);
    seriesOf('millrace.stream.left_out').add(stream.leftOutRecords, name);
    if (!stream.isReceiver) continue;
    seriesOf('millrace.receiver.active').add(stream.state === 'active' ? 1 : 0, name);
    seriesOf('millrace.receiver.rate_limit').add(stream.rate?.recordsPerSecond, name);
    seriesOf('millrace.receiver.restarts').add(stream.restarts, name);
    seriesOf('millrace.receiver.errors').add(stream.errors, name);
    seriesOf('millrace.receiver.waiting').add(waiting.waitingRecords, name);
    seriesOf('millrace.receiver.unacknowledged').add(waiting.unacknowledgedRecords, name);
    seriesOf('millrace.receiver.lag').add(waiting.lagRecords, name);
    seriesOf('millrace.receiver.dropped').add(waiting.droppedRecords, name);
    seriesOf('millrace.receiver.redelivered').add(waiting.redeliveredRecords, name);
  }
}

/** For instance `generator_lag` for `generatorLagMs`. */
function labelOfPhase(phase: string): string {
  return phase.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

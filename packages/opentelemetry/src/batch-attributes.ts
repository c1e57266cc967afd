// The attributes of spans: of a batch when it begins and ends, and of one run of an output operation. Durations are seconds,
// under the names of the metrics.
import type { Attributes, HrTime } from '@opentelemetry/api';
import type { BatchInfo, OutputOperationInfo, SerializedError } from '@millrace/core';
import { redactText } from '@millrace/core/engine';

/** The longest text of an error, in characters. */
const ERROR_TEXT_MAX = 4_096;

/** Wall milliseconds as a time of OpenTelemetry: as a plain number, a small time would be read as the age of the process. */
export function hrTimeOf(wallMs: number): HrTime {
  const seconds = Math.floor(wallMs / 1_000);
  return [seconds, Math.round((wallMs - seconds * 1_000) * 1e6)];
}

/** The attributes that are known when a batch is submitted: a sampler may decide by them. */
export function submittedAttributes(batch: BatchInfo): Attributes {
  return {
    'millrace.batch.time': batch.batchTime,
    'millrace.batch.rerun': batch.isRerun,
    'millrace.batch.records': batch.recordCount,
  };
}

/** The attributes that are known at the end of a batch. */
export function completedAttributes(batch: BatchInfo): Attributes {
  const { phases, recordErrors, deadLetters } = batch;
  return present({
    'millrace.batch.outcome': batch.outcome,
    'millrace.batch.scheduling.delay': secondsOf(batch.schedulingDelayMs),
    'millrace.batch.processing.duration': secondsOf(batch.processingDelayMs),
    'millrace.batch.total.delay': secondsOf(batch.totalDelayMs),
    'millrace.batch.phase.generator_lag': secondsOf(phases.generatorLagMs),
    'millrace.batch.phase.allocate': secondsOf(phases.allocateMs),
    'millrace.batch.phase.generate': secondsOf(phases.generateMs),
    'millrace.batch.phase.queue': secondsOf(phases.queueMs),
    'millrace.batch.phase.process': secondsOf(phases.processMs),
    'millrace.record.errors': recordErrors,
    'millrace.dead_letters': deadLetters,
  });
}

/** The attributes of one run of an output operation. */
export function operationAttributes({
  batchTime,
  id,
  name,
}: Pick<OutputOperationInfo, 'batchTime' | 'id' | 'name'>): Attributes {
  return { 'millrace.batch.time': batchTime, 'millrace.output.id': id, 'millrace.output.name': name };
}

/** An error as the exception of a span. */
export function exceptionOf({ name, message, stack, code }: SerializedError) {
  return {
    name: name.slice(0, ERROR_TEXT_MAX),
    message: messageOf({ name, message }),
    ...(stack === undefined ? {} : { stack: cut(stack) }),
    ...(code === undefined ? {} : { code }),
  };
}

/** The message of an error, cut and without secrets. */
export function messageOf({ message }: SerializedError): string {
  return cut(message);
}

/** A secret that is cut looks like no secret, hence the margin. */
function cut(text: string): string {
  return redactText(text.slice(0, 4 * ERROR_TEXT_MAX)).slice(0, ERROR_TEXT_MAX);
}

/** OpenTelemetry does not define an attribute without a value. */
function present(attributes: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}

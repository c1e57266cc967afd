// The parts of a batch of the history, in a bounded form: fields, inputs and outputs.
import type { BatchInfo, OutputOperationInfo, SerializedError, StreamInputInfo } from '@millrace/core';
import type { ObservedBatch } from '../schema/observed-batch.ts';
import { messageWithCauses } from '../text/error-message.ts';
import { cutLines, cutName, cutText, ERROR_LENGTH_MAX, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';

/** The stream id and name of inputs that are summed, see `INPUTS_MAX`. */
export const OTHERS_ID = -1;
/** The name of everything that is summed. */
export const OTHERS_NAME = 'others';
/** Inputs that are listed one by one; further inputs are summed as `others`. */
export const INPUTS_MAX = 100;
/** Output operations of a batch that are listed; failed ones first. */
export const OUTPUTS_MAX = 100;

/** One input of a batch in the history. */
export type InputRow = ObservedBatch['inputs'][number];
/** One output of a batch in the history. */
export type OutputRow = ObservedBatch['outputs'][number];

/** The fields of a batch besides state, inputs and outputs. */
export type BatchFields = Omit<ObservedBatch, 'inputs' | 'outputs' | 'state'>;
type MutableFields = { -readonly [K in keyof BatchFields]: BatchFields[K] };

/** Returns the bounded name of a stream, always the same text for the same stream. */
export type NameOfStream = (streamId: number, name: string) => string;

/** The state of a batch by its newest event. */
export function batchStateOf({ outcome, processingStartMs }: BatchInfo): ObservedBatch['state'] {
  if (outcome !== undefined) return outcome;
  return processingStartMs === undefined ? 'queued' : 'running';
}

/** The fields of a batch besides state, inputs and outputs. */
export function batchFieldsOf(info: BatchInfo, inputs: readonly InputRow[]): BatchFields {
  const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = info.phases;
  let sizeBytes = 0;
  for (const input of inputs) sizeBytes += input.sizeBytes;
  const fields: MutableFields = {
    batchTime: info.batchTime,
    isRerun: info.isRerun,
    recordCount: info.recordCount,
    sizeBytes,
    submissionMs: info.submissionMs,
    phases: { generatorLagMs, allocateMs, generateMs, queueMs, processMs },
    recordErrors: info.recordErrors ?? 0,
    deadLetters: info.deadLetters ?? 0,
  };
  if (info.processingStartMs !== undefined) fields.processingStartMs = info.processingStartMs;
  if (info.processingEndMs !== undefined) fields.processingEndMs = info.processingEndMs;
  if (info.schedulingDelayMs !== undefined) fields.schedulingDelayMs = info.schedulingDelayMs;
  if (info.processingDelayMs !== undefined) fields.processingDelayMs = info.processingDelayMs;
  if (info.totalDelayMs !== undefined) fields.totalDelayMs = info.totalDelayMs;
  return fields;
}

/** The inputs of a batch: the first 100, and the sum of the others. */
export function inputRowsOf(info: BatchInfo, nameOf: NameOfStream): readonly InputRow[] {
  const inputs: InputRow[] = [];
  const others = { streamId: OTHERS_ID, name: OTHERS_NAME, recordCount: 0, sizeBytes: 0, blockCount: 0 };
  for (const input of info.inputs.values()) {
    if (inputs.length < INPUTS_MAX) {
      inputs.push(inputOf(input, nameOf));
      continue;
    }
    others.recordCount += input.recordCount;
    others.sizeBytes += input.sizeBytes;
    others.blockCount += input.blockCount;
  }
  if (info.inputs.size > INPUTS_MAX) inputs.push(others);
  return inputs;
}

function inputOf(input: StreamInputInfo, nameOf: NameOfStream): InputRow {
  const { streamId, recordCount, sizeBytes, blockCount } = input;
  const name = nameOf(streamId, input.streamName);
  const description = input.metadata['Description'];
  return typeof description === 'string' && description !== ''
    ? {
        streamId,
        name,
        recordCount,
        sizeBytes,
        blockCount,
        description: cutText(description, MESSAGE_LENGTH_MAX),
      }
    : { streamId, name, recordCount, sizeBytes, blockCount };
}

/** The outputs of a batch; those that an event of the output told before are taken from there. */
export function outputRowsOf({ outputOperations }: BatchInfo, before: readonly OutputRow[]): OutputRow[] {
  const outputs = (operations: readonly OutputOperationInfo[]): OutputRow[] =>
    operations.map((operation, index) => {
      const known = before[index];
      return known !== undefined && isSame(known, operation) ? known : outputRowOf(operation);
    });
  if (outputOperations.length <= OUTPUTS_MAX) return outputs(outputOperations);
  const failed = outputOperations.filter(({ failure }) => failure !== undefined);
  const others = outputOperations.filter(({ failure }) => failure === undefined);
  return outputs([...failed, ...others].slice(0, OUTPUTS_MAX));
}

function isSame(known: OutputRow, { id, startMs, endMs, attempts, failure }: OutputOperationInfo): boolean {
  return (
    known.id === id &&
    known.startMs === startMs &&
    known.endMs === endMs &&
    known.attempts === attempts &&
    (known.error === undefined) === (failure === undefined)
  );
}

/** A started operation, without the end and the failure of an earlier run. */
export function startOf({
  batchTime,
  id,
  name,
  startMs,
  attempts,
}: OutputOperationInfo): OutputOperationInfo {
  return { batchTime, id, name, attempts, ...(startMs === undefined ? {} : { startMs }) };
}

/** One output of a batch. */
export function outputRowOf({ id, name, startMs, endMs, attempts, failure }: OutputOperationInfo): OutputRow {
  return {
    id,
    name: cutName(name),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    attempts,
    ...(failure === undefined ? {} : { error: boundedError(failure) }),
  };
}

/** An error of at most `ERROR_LENGTH_MAX` characters: message with causes, code, and as much of the stack as has room. */
export function boundedError(error: SerializedError): NonNullable<OutputRow['error']> {
  const { code, stack } = error;
  const cutMessage = cutLines(messageWithCauses(error), ERROR_LENGTH_MAX - 100);
  const cutCode = code === undefined ? undefined : cutText(code, 100);
  const room = ERROR_LENGTH_MAX - cutMessage.length - (cutCode?.length ?? 0);
  return {
    message: cutMessage,
    ...(cutCode === undefined ? {} : { code: cutCode }),
    ...(stack === undefined || room < 100 ? {} : { stack: cutLines(stack, room) }),
  };
}

// One batch of the history: built at its submission, renewed by each event of the batch, and weighed in bytes.
import type {
  BatchInfo,
  BatchTime,
  OutputOperationInfo,
  SerializedError,
  StreamInputInfo,
} from '@millrace/core';
import type { ObservedBatch } from '../schema/observed-batch.ts';
import { cutLines, cutName, cutText, ERROR_LENGTH_MAX, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';

/** The stream id and name of inputs that are summed, see `INPUTS_MAX`. */
export const OTHERS_ID = -1;
/** The name of everything that is summed. */
export const OTHERS_NAME = 'others';
/** Inputs that are listed one by one; further inputs are summed as `others`. */
export const INPUTS_MAX = 100;
/** Output operations of a batch that are listed; failed ones first. */
export const OUTPUTS_MAX = 100;

/** The share of a batch in the account of the history, in bytes; measured on V8, rounded up. */
const BATCH_BYTES = 900;
const INPUT_BYTES = 110;
const OUTPUT_BYTES = 200;
const ERROR_BYTES = 100;

type Input = ObservedBatch['inputs'][number];
type Output = ObservedBatch['outputs'][number];

/** Returns the bounded name of a stream, always the same text for the same stream. */
export type NameOfStream = (streamId: number, name: string) => string;

/** A batch in the history. */
export class KeptBatch {
  readonly batchTime: BatchTime;
  readonly #inputs: readonly Input[];
  #info: Omit<ObservedBatch, 'inputs' | 'outputs' | 'state'>;
  #state: ObservedBatch['state'];
  #outputs: Output[];
  #bytes = 0;
  #snapshot: ObservedBatch | undefined;

  constructor(info: BatchInfo, nameOf: NameOfStream) {
    this.batchTime = info.batchTime;
    this.#inputs = inputsOf(info, nameOf);
    this.#info = infoOf(info, this.#inputs);
    this.#outputs = outputsOf(info);
    this.#state = stateOf(info);
    this.#weigh();
  }

  /** The batch in the account of the history, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  get isCompleted(): boolean {
    return this.#state !== 'queued' && this.#state !== 'running';
  }

  /** The attempts of an output operation, as last told; 0: not started. */
  attemptsOf(outputId: number): number {
    return this.#outputs.find(({ id }) => id === outputId)?.attempts ?? 0;
  }

  /** Takes the content of a later event of the same batch. */
  update(info: BatchInfo): void {
    this.#info = infoOf(info, this.#inputs);
    this.#outputs = outputsOf(info);
    this.#state = stateOf(info);
    this.#weigh();
  }

  /** True when the jobs of the batch are known. */
  get hasOutputs(): boolean {
    return this.#outputs.length > 0;
  }

  /** Takes the event of an output operation. A started one has neither end nor error, also in a retry. */
  updateOutput(operation: OutputOperationInfo, hasEnded: boolean): void {
    const index = this.#outputs.findIndex(({ id }) => id === operation.id);
    const { endMs: _, error: __, ...started } = outputOf(operation);
    const output = hasEnded ? outputOf(operation) : started;
    if (index >= 0) this.#outputs[index] = output;
    else if (this.#outputs.length < OUTPUTS_MAX) this.#outputs.push(output);
    this.#weigh();
  }

  /** The end of the newest output operation when all have ended, one of them by a failure; else undefined. */
  get failedMs(): number | undefined {
    if (this.isCompleted || !this.#outputs.some(({ error }) => error !== undefined)) return undefined;
    let newest = 0;
    for (const { endMs } of this.#outputs) {
      if (endMs === undefined) return undefined;
      newest = Math.max(newest, endMs);
    }
    return newest;
  }

  /** The batch as plain data. `isHeld`: the batch waits for `retryHeldBatch()`. */
  toObserved(isHeld: boolean): ObservedBatch {
    const state = isHeld && !this.isCompleted ? 'held' : this.#state;
    if (this.#snapshot?.state === state) return this.#snapshot;
    this.#snapshot = Object.freeze({
      ...this.#info,
      state,
      inputs: this.#inputs,
      outputs: Object.freeze([...this.#outputs]),
    });
    return this.#snapshot;
  }

  #weigh(): void {
    this.#snapshot = undefined;
    let bytes = BATCH_BYTES;
    for (const { description } of this.#inputs) bytes += INPUT_BYTES + textBytes(description);
    for (const { name, error } of this.#outputs) {
      bytes += OUTPUT_BYTES + textBytes(name);
      if (error === undefined) continue;
      bytes += ERROR_BYTES + textBytes(error.message) + textBytes(error.code) + textBytes(error.stack);
    }
    this.#bytes = bytes;
  }
}

/** Two bytes for each character: the larger of the two forms of V8. */
function textBytes(text: string | undefined): number {
  return text === undefined ? 0 : 2 * text.length;
}

function stateOf({ outcome, processingStartMs }: BatchInfo): ObservedBatch['state'] {
  if (outcome !== undefined) return outcome;
  return processingStartMs === undefined ? 'queued' : 'running';
}

function infoOf(
  info: BatchInfo,
  inputs: readonly Input[],
): Omit<ObservedBatch, 'inputs' | 'outputs' | 'state'> {
  const { processingStartMs, processingEndMs, schedulingDelayMs, processingDelayMs, totalDelayMs } = info;
  const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = info.phases;
  let sizeBytes = 0;
  for (const input of inputs) sizeBytes += input.sizeBytes;
  return {
    batchTime: info.batchTime,
    isRerun: info.isRerun,
    recordCount: info.recordCount,
    sizeBytes,
    submissionMs: info.submissionMs,
    ...(processingStartMs === undefined ? {} : { processingStartMs }),
    ...(processingEndMs === undefined ? {} : { processingEndMs }),
    ...(schedulingDelayMs === undefined ? {} : { schedulingDelayMs }),
    ...(processingDelayMs === undefined ? {} : { processingDelayMs }),
    ...(totalDelayMs === undefined ? {} : { totalDelayMs }),
    phases: { generatorLagMs, allocateMs, generateMs, queueMs, processMs },
    recordErrors: info.recordErrors ?? 0,
    deadLetters: info.deadLetters ?? 0,
  };
}

function inputsOf(info: BatchInfo, nameOf: NameOfStream): readonly Input[] {
  const inputs: Input[] = [];
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
  return Object.freeze(inputs);
}

function inputOf(input: StreamInputInfo, nameOf: NameOfStream): Input {
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

function outputsOf({ outputOperations }: BatchInfo): Output[] {
  if (outputOperations.length <= OUTPUTS_MAX) return outputOperations.map(outputOf);
  const failed = outputOperations.filter(({ failure }) => failure !== undefined);
  const others = outputOperations.filter(({ failure }) => failure === undefined);
  return [...failed, ...others].slice(0, OUTPUTS_MAX).map(outputOf);
}

function outputOf({ id, name, startMs, endMs, attempts, failure }: OutputOperationInfo): Output {
  return {
    id,
    name: cutName(name),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    attempts,
    ...(failure === undefined ? {} : { error: boundedError(failure) }),
  };
}

/** An error of at most `ERROR_LENGTH_MAX` characters: message, code, and as much of the stack as has room. */
export function boundedError({ message, code, stack }: SerializedError): NonNullable<Output['error']> {
  const cutMessage = cutLines(message, ERROR_LENGTH_MAX - 100);
  const cutCode = code === undefined ? undefined : cutText(code, 100);
  const room = ERROR_LENGTH_MAX - cutMessage.length - (cutCode?.length ?? 0);
  return {
    message: cutMessage,
    ...(cutCode === undefined ? {} : { code: cutCode }),
    ...(stack === undefined || room < 100 ? {} : { stack: cutLines(stack, room) }),
  };
}

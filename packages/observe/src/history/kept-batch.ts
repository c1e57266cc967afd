// One batch of the history: built at its submission, renewed by each event of the batch, and weighed in bytes.
import type { BatchInfo, BatchTime, OutputOperationInfo } from '@millrace/core';
import type { ObservedBatch } from '../schema/observed-batch.ts';
import {
  type BatchFields,
  batchFieldsOf,
  batchStateOf,
  type InputRow,
  inputRowsOf,
  type NameOfStream,
  type OutputRow,
  outputRowOf,
  OUTPUTS_MAX,
  outputRowsOf,
  startOf,
} from './batch-rows.ts';

/** The share of a batch in the account of the history, in bytes; measured on V8, rounded up. */
const BATCH_BYTES = 900;
const INPUT_BYTES = 110;
const OUTPUT_BYTES = 200;
const ERROR_BYTES = 100;

/** A batch in the history. */
export class KeptBatch {
  readonly batchTime: BatchTime;
  readonly #inputs: readonly InputRow[];
  #info: BatchFields;
  #state: ObservedBatch['state'];
  #outputs: OutputRow[];
  readonly #inputBytes: number;
  #bytes = 0;

  constructor(info: BatchInfo, nameOf: NameOfStream) {
    this.batchTime = info.batchTime;
    this.#inputs = inputRowsOf(info, nameOf);
    this.#inputBytes = bytesOfInputs(this.#inputs);
    this.#info = batchFieldsOf(info, this.#inputs);
    this.#outputs = outputRowsOf(info, []);
    this.#state = batchStateOf(info);
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
    this.#info = batchFieldsOf(info, this.#inputs);
    this.#outputs = outputRowsOf(info, this.#outputs);
    this.#state = batchStateOf(info);
    this.#weigh();
  }

  /** True when the jobs of the batch are known. */
  get hasOutputs(): boolean {
    return this.#outputs.length > 0;
  }

  /** Takes the event of an output operation. A started one has neither end nor error, also in a retry. */
  updateOutput(operation: OutputOperationInfo, hasEnded: boolean): void {
    const index = this.#outputs.findIndex(({ id }) => id === operation.id);
    const output = hasEnded ? outputRowOf(operation) : outputRowOf(startOf(operation));
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
    return { ...this.#info, state, inputs: [...this.#inputs], outputs: [...this.#outputs] };
  }

  #weigh(): void {
    let bytes = BATCH_BYTES + this.#inputBytes;
    for (const { name, error } of this.#outputs) {
      bytes += OUTPUT_BYTES + textBytes(name);
      if (error === undefined) continue;
      bytes += ERROR_BYTES + textBytes(error.message) + textBytes(error.code) + textBytes(error.stack);
    }
    this.#bytes = bytes;
  }
}

function bytesOfInputs(inputs: readonly InputRow[]): number {
  let bytes = 0;
  for (const { description } of inputs) bytes += INPUT_BYTES + textBytes(description);
  return bytes;
}

/** Two bytes for each character: the larger of the two forms of V8. */
function textBytes(text: string | undefined): number {
  return text === undefined ? 0 : 2 * text.length;
}

// What a program under measurement prints: one line of JSON for each batch that is done, whatever system it runs on.

/** A batch, in milliseconds. */
export interface BatchLine {
  readonly batchTime: number;
  readonly records: number;
  /** From the batch time to the start of processing. */
  readonly schedulingMs: number;
  readonly processingMs: number;
  /** From the batch time to the end of processing. */
  readonly totalMs: number;
}

/** Reads a line; nothing when it is something else, as what a system logs. */
export function readBatchLine(line: string): BatchLine | undefined {
  if (!line.startsWith('{"batchTime":')) return undefined;
  return JSON.parse(line) as BatchLine;
}

// The output of a program under measurement: one line of JSON for each completed batch, on every system.

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

/** Reads a line; returns undefined for any other line, such as a log line of a system. */
export function readBatchLine(line: string): BatchLine | undefined {
  if (!line.startsWith('{"batchTime":')) return undefined;
  return JSON.parse(line) as BatchLine;
}

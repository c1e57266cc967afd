// `print`: the first records of a batch for people to read. Takes one record more than it shows, to know whether
// there are any.
import { inspect } from 'node:util';
import type { BatchTime } from '@millrace/core';
import type { RDD } from '../rdd/index.ts';

const LINE = '-'.repeat(43);

/** Options of `print`. */
export interface PrintOptions {
  /** Takes the text of a batch, ended by a line feed. Default: standard output. */
  readonly write?: (text: string) => void;
}

/** Prints the first `n` records of one batch. */
export async function printBatch(
  rdd: RDD<unknown>,
  options: PrintOptions & { readonly batchTime: BatchTime; readonly n: number },
): Promise<void> {
  const { batchTime, n, write = writeToStandardOutput } = options;
  const records = await rdd.take(n + 1);
  write(formatBatch(batchTime, records, n));
}

/** The text: a head with the batch time, one line a record, `...` when there are more than `n`, an empty line. */
function formatBatch(batchTime: BatchTime, records: readonly unknown[], n: number): string {
  const lines = [LINE, `Time: ${batchTime} ms`, LINE, ...records.slice(0, n).map(formatRecord)];
  if (records.length > n) lines.push('...');
  return `${lines.join('\n')}\n\n`;
}

function formatRecord(record: unknown): string {
  return typeof record === 'string' ? record : inspect(record, { breakLength: Infinity, depth: 6 });
}

function writeToStandardOutput(text: string): void {
  process.stdout.write(text);
}

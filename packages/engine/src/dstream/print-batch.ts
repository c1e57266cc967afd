// `print`: the first records of a batch for people to read. Takes one record more than it prints, to detect further
// records.
import { inspect } from 'node:util';
import { type BatchTime, messageOf } from '@millrace/core';
import { escapeControls } from '@millrace/core/engine';
import { guardedOutput } from '@millrace/core/engine';
import type { RDD } from '../rdd/rdd.ts';

const LINE = '-'.repeat(43);

/** Options of `print`. */
export interface PrintOptions {
  /** Takes the text of a batch, ended by a line feed; a promise is awaited. Default: standard output. */
  readonly write?: ((text: string) => unknown) | undefined;
}

/** Prints the first `n` records of one batch. */
export async function printBatch(
  rdd: RDD<unknown>,
  options: PrintOptions & { readonly batchTime: BatchTime; readonly n: number },
): Promise<void> {
  const { batchTime, n, write = writeToStandardOutput } = options;
  const records = await rdd.take(n + 1);
  await write(formatBatch(batchTime, records, n));
}

/** The text: a head with the batch time, one line a record, `...` when there are more than `n`, an empty line. */
function formatBatch(batchTime: BatchTime, records: readonly unknown[], n: number): string {
  const lines = [LINE, `Time: ${batchTime} ms`, LINE, ...records.slice(0, n).map(formatRecord)];
  if (records.length > n) lines.push('...');
  return `${lines.join('\n')}\n\n`;
}

/** One line for any record: a stranger may have sent the record to control the terminal. */
function formatRecord(record: unknown): string {
  return escapeControls(typeof record === 'string' ? record : inspected(record));
}

function inspected(record: unknown): string {
  try {
    return inspect(record, { breakLength: Infinity, compact: true, depth: 6 });
  } catch (error) {
    return `[a record that cannot be printed: ${messageOf(error)}]`;
  }
}

function writeToStandardOutput(text: string): void {
  guardedOutput(process.stdout).write(text);
}

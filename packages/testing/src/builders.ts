// Builders of valid values for tests. A test names only the fields that matter to the test, so a reader sees the
// subject of the test.
import type {
  ExecutorDescription,
  ReceivedBlockInfo,
  RecordsBlock,
  StoredBlock,
  TextBlock,
} from '@millrace/core';

/** The assumed size of a record that is neither text nor bytes. */
const RECORD_SIZE_BYTES = 64;

/** An executor with one core, named `executor-1` on `host-1`. */
export function anyExecutor(differences: Partial<ExecutorDescription> = {}): ExecutorDescription {
  return { executorId: 'executor-1', host: 'host-1', cores: 1, ...differences };
}

/** A block of 10 records and 100 bytes, stored in memory. */
export function anyStoredBlock(differences: Partial<StoredBlock> = {}): StoredBlock {
  return {
    blockId: 'input-0-attempt-1',
    recordCount: 10,
    sizeBytes: 100,
    durability: 'memory',
    ...differences,
  };
}

/** The same block as known to the driver: block of stream 0, on `executor-1`. */
export function anyReceivedBlockInfo(differences: Partial<ReceivedBlockInfo> = {}): ReceivedBlockInfo {
  return { ...anyStoredBlock(), streamId: 0, executorId: 'executor-1', ...differences };
}

/**
 * A block of these records, in one chunk. Text and bytes count with their real size, every other record with 64 bytes.
 */
export function recordsBlock(records: readonly unknown[]): RecordsBlock {
  const sizeBytes = records.reduce((sum: number, record) => sum + weightOf(record), 0);
  return {
    kind: 'records',
    chunks: [{ records, length: records.length }],
    recordCount: records.length,
    sizeBytes,
  };
}

/**
 * A block of these lines, in one chunk.
 *
 * @throws TypeError when the last line does not end with `\n`: a block holds whole lines.
 */
export function textBlock(lines: string): TextBlock {
  if (lines !== '' && !lines.endsWith('\n'))
    throw new TypeError('a text block needs lines that each end with \\n');
  const bytes = new TextEncoder().encode(lines);
  return {
    kind: 'text',
    chunks: [bytes],
    recordCount: lines.split('\n').length - 1,
    sizeBytes: bytes.byteLength,
  };
}

function weightOf(record: unknown): number {
  if (typeof record === 'string') return Buffer.byteLength(record);
  return record instanceof Uint8Array ? record.byteLength : RECORD_SIZE_BYTES;
}

// A log for a test with hand-made collaborators; a test names only the options relevant to it.
import { isMillraceError, type LogRecord, ManualClock, SeededRandom, type Storage } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { FileWriteAheadLog, type FileWriteAheadLogDeps } from '../src/file-write-ahead-log.ts';

/** Opens the log `log` below `/wal`. Unless a test says otherwise, files grow with their entries, so that their bytes are known. */
export function openLog(
  storage: Storage,
  { options = {}, ...differences }: Partial<FileWriteAheadLogDeps> = {},
): Promise<FileWriteAheadLog> {
  return FileWriteAheadLog.open({
    storage,
    clock: new ManualClock(1_000),
    random: new SeededRandom(1),
    log: new RecordingLogger(),
    root: '/wal',
    name: 'log',
    options: { preallocateBytes: 0, ...options },
    ...differences,
  });
}

/** The path of a segment of that log. */
export function segmentFile(number: number): string {
  return `/wal/log/segment-${String(number).padStart(12, '0')}.wal`;
}

/** Bytes that differ in every entry. */
export function payload(text: string, sizeBytes = text.length): Uint8Array {
  const bytes = new Uint8Array(Math.max(sizeBytes, text.length));
  bytes.set(Buffer.from(text));
  return bytes;
}

/** All entries of a log. */
export async function recordsOf(log: FileWriteAheadLog): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of log.readAll()) records.push(record);
  return records;
}

/** The payloads in a log, as text without trailing zeros. */
export async function textsOf(log: FileWriteAheadLog): Promise<readonly string[]> {
  return (await recordsOf(log)).map((record) => Buffer.from(record.payload).toString().replace(/\0+$/, ''));
}

/** The code of the error that a promise rejects with; undefined when it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return undefined;
  return isMillraceError(error)
    ? error.code
    : `not an error of Millrace: ${error instanceof Error ? error.message : typeof error}`;
}

// Reads a file in chunks of a fixed size. A failed read is repeated a few times, in place: restarting the whole receiver
// would store everything a second time.
import {
  backOffDelayMs,
  isMillraceError,
  messageOf,
  type MillraceError,
  type ReceiverContext,
  type StorageFile,
} from '@millrace/core';
import { replayError } from './replay-errors.ts';

/** The size of one read, and therefore the most that is parsed ahead of its due time. */
export const CHUNK_BYTES = 64 * 1024;
/** The number of attempts for one read before the replay ends. */
const READ_ATTEMPTS = 5;
/** The wait after the first failed attempt; doubled for each further attempt. */
const RETRIES = { firstMs: 100, maxMs: 800 };

/** Collaborators of reading a file. */
export type ReadContext = Pick<ReceiverContext<never>, 'storage' | 'clock' | 'signal' | 'log'>;

/** Options of reading a file. */
export interface FileChunksOptions {
  /** Only this number of bytes is read. Default: all. */
  readonly untilByte?: number | undefined;
  /** Called when the file is open. */
  readonly onOpened?: (() => void) | undefined;
}

/**
 * The bytes of a file, in order, up to `untilByte` or to the end found at the end of reading.
 *
 * @throws `MR_REPLAY_FILE_MISSING` and `MR_REPLAY_READ_FAILED`; the signal's reason after an abort during a wait.
 */
export async function* retriedFileChunks(
  context: ReadContext,
  path: string,
  { untilByte = Infinity, onOpened }: FileChunksOptions = {},
): AsyncGenerator<Uint8Array> {
  const file = await retried(context, path, () => context.storage.open(path, 'read'));
  onOpened?.();
  try {
    yield* chunksOf(context, { path, file, untilByte });
  } finally {
    await file.close();
  }
}

async function* chunksOf(
  context: ReadContext,
  source: { readonly path: string; readonly file: StorageFile; readonly untilByte: number },
): AsyncGenerator<Uint8Array> {
  const { path, file, untilByte } = source;
  let offset = 0;
  while (offset < untilByte) {
    context.signal.throwIfAborted();
    const length = Math.min(CHUNK_BYTES, untilByte - offset);
    const chunk = await retried(context, path, () => file.readAt(offset, length));
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

async function retried<T>(context: ReadContext, path: string, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const isWorthRetrying = isMillraceError(error) && error.disposition === 'retry';
      if (!isWorthRetrying || attempt >= READ_ATTEMPTS) throw readError(path, error);
      context.log.warn('reading the replay file failed, trying again', { path, attempt, error });
    }
    await context.clock.sleepFor(backOffDelayMs(attempt - 1, RETRIES), context.signal);
  }
}

function readError(path: string, cause: unknown): MillraceError {
  const details = { path };
  if (isMillraceError(cause, 'MR_STORAGE_NOT_FOUND')) {
    const message = `expected a file at ${path}, found none; the path is taken from the working directory`;
    return replayError('MR_REPLAY_FILE_MISSING', message, { details, cause });
  }
  const message = `expected to read ${path}: ${messageOf(cause)}`;
  return replayError('MR_REPLAY_READ_FAILED', message, { details, cause });
}

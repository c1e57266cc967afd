// The life of both kinds of file receivers: poll the directory, read the accepted files, wait for the next poll.
// `directory-poll.ts` decides the acceptance, the readings read a file, and `file-attempts.ts` handles unreadable
// files. Everything uses the context's clock and storage.
import { join } from 'node:path';
import { msUntil, type AckToken, type Clock, type Receiver, type ReceiverContext } from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import { DirectoryPoll } from './directory-poll.ts';
import { FileAttempts } from './file-attempts.ts';
import { type FilePosition, leftToRead } from './file-position.ts';
import type { FoundFile, StartReading } from './file-reading.ts';
import type { FileWatchOptions } from './file-watch.options.ts';
import { ReadingJournal } from './reading-journal.ts';

/** Reads the new files of a directory until stopped. */
export class FilesReceiver<T> implements Receiver<T> {
  readonly #options: FileWatchOptions;
  readonly #startReading: StartReading<T>;
  #running: Promise<void> | undefined;
  /** Settles with the first poll. */
  readonly #polled = Promise.withResolvers<void>();
  #journal: ReadingJournal | undefined;
  #droppedRecords = 0;

  constructor(options: FileWatchOptions, startReading: StartReading<T>) {
    this.#options = options;
    this.#startReading = startReading;
  }

  /** Resolves behind the first poll, also of a directory that does not exist yet. */
  start(context: ReceiverContext<T>): Promise<void> {
    this.#running = this.#run(context).finally(this.#polled.resolve);
    return this.#polled.promise;
  }

  /** The tokens are positions: content before the last position need not be remembered any more. */
  acknowledge(tokens: readonly AckToken[]): void {
    const last = tokens.at(-1);
    if (last !== undefined) this.#journal?.registered(last as FilePosition);
  }

  /** The number of records in unread files is not known before reading. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#droppedRecords };
  }

  /** Resolves when no file is open any more. */
  async stop(): Promise<void> {
    await this.#running;
  }

  async #run(context: ReceiverContext<T>): Promise<void> {
    const resumeFrom = context.resumeFrom as FilePosition | undefined;
    const journal = new ReadingJournal(resumeFrom);
    this.#journal = journal;
    const poll = new DirectoryPoll(context, this.#options, resumeFrom?.watch);
    const attempts = new FileAttempts({
      context,
      journal,
      left: resumeFrom === undefined ? [] : this.#filesLeft(resumeFrom),
      startReading: this.#startReading,
      onDropped: (records) => void (this.#droppedRecords += records),
      rememberMs: poll.rememberMs,
      onSettled: (name, readAs) => poll.settled(name, readAs),
    });
    try {
      await this.#watch(context, poll, attempts);
    } catch (error) {
      // When the receiver is stopped, the wait ends with the signal's reason, which is not an error.
      if (!context.signal.aborted) context.restart('watching the directory failed', error);
    }
    const leftOver = attempts.leftOver();
    if (leftOver !== undefined) context.log.warn('receiver stopped during its files', leftOver);
  }

  async #watch(context: ReceiverContext<T>, poll: DirectoryPoll, attempts: FileAttempts<T>): Promise<void> {
    const { clock, signal } = context;
    while (!signal.aborted) {
      const { files, timeMs } = await poll.next();
      this.#polled.resolve();
      if ((await attempts.readAll(files, timeMs, poll.state)) === 'stopped') return;
      await clock.sleepFor(this.#toNextMs(clock, timeMs), signal);
    }
  }

  /** Polls follow monotonic time and are aligned to wall time: a tenth slower while they are ahead of wall time. */
  #toNextMs(clock: Clock, timeMs: number): number {
    const { pollIntervalMs } = this.#options;
    const toNextMs = msUntil(clock, timeMs + pollIntervalMs);
    return Math.min(Math.max(0, toNextMs), pollIntervalMs + pollIntervalMs / 10);
  }

  #filesLeft(position: FilePosition): FoundFile[] {
    return leftToRead(position).map(({ name, sizeBytes, modifiedMs, ...progress }) => ({
      name,
      kind: 'file',
      sizeBytes,
      modifiedMs,
      path: join(this.#options.directory, name),
      progress,
    }));
  }
}

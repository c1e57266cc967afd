// Between an output operation, which only knows how to call a function for every partition, and a sink, which has a
// life: opened once, before the first partition, and closed after the last. The writer opens the sink when the first
// partition comes, on the executor where it comes, and closes it when the application says so.
import type { ManagedResource } from '../contracts/lifecycle.ts';
import type { Sink, SinkWrite } from '../contracts/sink.ts';
import { coreError } from '../errors/core-errors.ts';

/**
 * Writes partitions to a sink that it opens when it is first needed.
 *
 * ```ts
 * const delays = new SinkWriter(sqliteSink({ file: './delays.db', table: 'delays', columns: ['carrier', 'ms'] }));
 * stream.foreachPartition(delays.write);
 * await ssc.start();
 * await ssc.awaitTermination();
 * await delays.close();
 * ```
 *
 * Whoever makes it closes it, in every process or thread that runs the program. Where a process ends without that,
 * nothing is lost and nothing is written twice: sinks stand the death of their process anyway.
 */
export class SinkWriter<T> implements ManagedResource {
  readonly #sink: Sink<T>;
  readonly #writes = new Set<Promise<void>>();
  #opened: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(sink: Sink<T>) {
    this.#sink = sink;
  }

  /**
   * Opens the sink, unless it is open. Needed only to learn early that it cannot be opened: the first write does the
   * same. After a failure the next call tries again.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, and whatever the sink's `open` throws.
   */
  async open(): Promise<void> {
    if (this.#closed !== undefined) throw closedError(this.#sink.name);
    const opening = (this.#opened ??= this.#open());
    try {
      await opening;
    } catch (error) {
      if (this.#opened === opening) this.#opened = undefined;
      throw error;
    }
  }

  /** Writes one partition; what `foreachPartition` takes. Bound to this writer, so it can be handed on as it is. */
  readonly write = async (records: Iterable<T>, write: SinkWrite): Promise<void> => {
    const writing = this.open().then(() => this.#sink.write(records, write));
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  };

  /** Waits for the writes that are under way, then closes the sink if it was opened. May be repeated. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #open(): Promise<void> {
    await this.#sink.open?.();
  }

  async #close(): Promise<void> {
    // What becomes of the writes is for those to hear who asked for them.
    const [opening] = await Promise.allSettled([this.#opened, ...this.#writes]);
    const isOpen = this.#opened !== undefined && opening.status === 'fulfilled';
    if (isOpen) await this.#sink.close?.();
  }
}

function closedError(sink: string): Error {
  return coreError('MR_SINK_NOT_OPEN', `the writer of sink ${sink} was closed; make another to write again`, {
    details: { sink },
  });
}

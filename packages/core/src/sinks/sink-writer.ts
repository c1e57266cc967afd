// The connection between an output operation, which calls a function for every partition, and a sink, which has a life
// cycle: opened once, before the first partition, and closed after the last. The writer opens the sink on the first
// partition, on the executor of that partition, and closes the sink at the application's request.
import type { ManagedResource } from '../contracts/managed-resource.ts';
import type { Sink, SinkWrite } from '../contracts/sink.ts';
import { coreError } from '../errors/core-errors.ts';
import { describeValue, optionError } from '../options/option-error.ts';

/** Under this name a `write` of a writer has its sink. Other copies of this module know the same name. */
const SINK = Symbol.for('@millrace/core/sink-of-write');

/** The sink behind a function, when the function is the `write` of a `SinkWriter`. */
export function sinkOfWrite(fn: unknown): Sink<unknown> | undefined {
  return typeof fn === 'function' ? (fn as { [SINK]?: Sink<unknown> })[SINK] : undefined;
}

/**
 * Writes partitions to a sink, and opens the sink on first use.
 *
 * ```ts
 * const delays = new SinkWriter(sqliteSink({ file: './delays.db', table: 'delays', columns: ['carrier', 'ms'] }));
 * stream.foreachPartition(delays.write);
 * await ssc.start();
 * await ssc.awaitTermination();
 * await delays.close();
 * ```
 *
 * The code that makes a writer also closes the writer, in every process or thread that runs the program. A process that
 * ends without closing loses nothing and writes nothing twice: every sink survives the death of its process.
 */
export class SinkWriter<T> implements ManagedResource {
  readonly #sink: Sink<T>;
  readonly #writes = new Set<Promise<void>>();
  #opened: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws `MR_CONFIG_INVALID_OPTION` for anything but a sink. */
  constructor(sink: Sink<T>) {
    assertSink(sink);
    this.#sink = sink;
    Object.defineProperty(this.write, SINK, { value: sink });
  }

  /**
   * Opens the sink, unless the sink is open. Needed only for detecting a failure to open early: the first write opens
   * the sink as well. After a failure the next call tries again.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, and any error of the sink's `open`.
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

  /**
   * Writes one partition; the argument of `foreachPartition`. Bound to this writer, so the method can be passed on
   * unchanged. An engine with executors on several hosts finds the sink behind this method, and refuses a sink of one host
   * at its start; behind another function the sink is not seen.
   */
  readonly write = async (records: Iterable<T>, write: SinkWrite): Promise<void> => {
    const writing = this.open().then(() => this.#sink.write(records, write));
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  };

  /** Waits for pending writes, then closes the sink if it was opened. May be repeated. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #open(): Promise<void> {
    await this.#sink.open?.();
  }

  async #close(): Promise<void> {
    // The callers of the writes receive the outcomes of the writes.
    const [opening] = await Promise.allSettled([this.#opened, ...this.#writes]);
    const isOpen = this.#opened !== undefined && opening.status === 'fulfilled';
    if (isOpen) await this.#sink.close?.();
  }
}

function assertSink(sink: unknown): void {
  if (typeof (sink as Partial<Sink<unknown>> | null | undefined)?.write === 'function') return;
  const isUncalled = typeof sink === 'function' && sink.name !== '';
  throw optionError('SinkWriter', [
    {
      path: 'sink',
      expected: 'expected an object with a function write',
      got: describeValue(sink),
      ...(isUncalled ? { hint: `call ${sink.name} with options` } : {}),
    },
  ]);
}

function closedError(sink: string): Error {
  return coreError('MR_SINK_NOT_OPEN', `the writer of sink ${sink} was closed; make another to write again`, {
    details: { sink },
  });
}

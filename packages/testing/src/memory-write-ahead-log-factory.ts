// Logs in memory that outlive the contexts writing to the logs. A test kills one context, starts the next context over
// the same factory, and inspects the recovered entries. Writes fail on request of the test, and pending writes of a
// killed context never arrive.
import type { LogGauges } from '@millrace/core/observation';
import type { LogHandle, LogRecord, WriteAheadLog, WriteAheadLogFactory } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { Reach } from '@millrace/core/engine';

/** One entry as seen by the test. */
export interface MemoryLogEntry {
  readonly payload: Uint8Array;
  readonly timeMs: number;
}

/** A write that is about to happen. */
export interface MemoryLogWrite extends MemoryLogEntry {
  /** The name of the log. */
  readonly log: string;
}

interface LogState {
  readonly entries: Map<number, MemoryLogEntry>;
  nextOffset: number;
  isOpen: boolean;
  /** The number of openings; the newest one has the log. */
  openings: number;
}

/** Options of a factory of logs in memory. */
export interface MemoryWriteAheadLogOptions {
  /**
   * True: `open` takes a log over that is open already, and refuses the later writes of the earlier log with
   * `MR_WAL_FENCED`, like a log that several machines reach. False: `open` is refused. Default false.
   */
  readonly takesOver?: boolean;
}

/** Opens logs by name; each log keeps its entries for the lifetime of the factory. */
export class MemoryWriteAheadLogFactory implements WriteAheadLogFactory {
  readonly reach: Reach = 'process';
  readonly #logs = new Map<string, LogState>();
  readonly #takesOver: boolean;
  #life = 0;
  /** Called before each write; an error thrown here rejects the write, and a returned promise delays the write. */
  beforeWrite: ((write: MemoryLogWrite) => void | Promise<void>) | undefined;
  /** Called before each clean-up, with the name of the log; an error thrown here rejects the clean-up. */
  beforeClean: ((log: string) => void | Promise<void>) | undefined;

  constructor({ takesOver = false }: MemoryWriteAheadLogOptions = {}) {
    this.#takesOver = takesOver;
  }

  async open(name: string): Promise<WriteAheadLog> {
    const state = this.#stateOf(name);
    if (state.isOpen && !this.#takesOver) {
      const message = `log ${name} is open already; close it first`;
      throw coreError('MR_STORAGE_LOCKED', message, { details: { name } });
    }
    state.isOpen = true;
    state.openings += 1;
    const life = this.#life;
    return new MemoryWriteAheadLog({
      name,
      state,
      isAlive: () => life === this.#life,
      beforeWrite: (write) => this.beforeWrite?.(write),
      beforeClean: (log) => this.beforeClean?.(log),
    });
  }

  /**
   * Simulates the death of the process: acknowledged entries stay, all pending writes are lost, and pending calls never
   * settle.
   */
  crash(): void {
    this.#life += 1;
    for (const state of this.#logs.values()) state.isOpen = false;
  }

  /** The entries that recovery would return from a log, in order. */
  entries(name: string): readonly MemoryLogEntry[] {
    return [...this.#stateOf(name).entries.values()];
  }

  #stateOf(name: string): LogState {
    const state = this.#logs.get(name) ?? { entries: new Map(), nextOffset: 0, isOpen: false, openings: 0 };
    this.#logs.set(name, state);
    return state;
  }
}

interface MemoryWriteAheadLogDeps {
  readonly name: string;
  readonly state: LogState;
  readonly isAlive: () => boolean;
  readonly beforeWrite: (write: MemoryLogWrite) => void | Promise<void>;
  readonly beforeClean: (log: string) => void | Promise<void>;
}

class MemoryWriteAheadLog implements WriteAheadLog {
  readonly #deps: MemoryWriteAheadLogDeps;
  readonly #opening: number;
  /** Keeps entries in the order of the calls, independent of the delay of each call. */
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #writes = 0;
  #failures = 0;
  #closing: Promise<void> | undefined;

  constructor(deps: MemoryWriteAheadLogDeps) {
    this.#deps = deps;
    this.#opening = deps.state.openings;
  }

  async write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    if (this.#isClosed) throw coreError('MR_WAL_CLOSED', `log ${this.#deps.name} is closed`);
    const kept = { payload: payload.slice(), timeMs };
    const written = this.#counted(this.#tail.then(() => this.#append(kept)));
    // The writer learns of a failure through `written`; the tail only carries the order.
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async read(handle: LogHandle): Promise<Uint8Array> {
    const entry = this.#deps.state.entries.get(handle.offset);
    if (entry !== undefined) return entry.payload.slice();
    throw coreError('MR_WAL_CORRUPT_RECORD', `log ${this.#deps.name} has no entry at ${handle.offset}`);
  }

  async *readAll(): AsyncGenerator<LogRecord> {
    for (const [offset, { payload, timeMs }] of this.#deps.state.entries) {
      yield { payload: payload.slice(), timeMs, handle: this.#handle(offset, payload) };
    }
  }

  /** Removes entries up to the first one that stays, like a log with one entry per segment. */
  async clean(thresholdMs: number): Promise<void> {
    const { name, state, beforeClean } = this.#deps;
    const { entries } = state;
    await this.#untilAlive();
    await beforeClean(name);
    this.#assertNewest();
    for (const [offset, { timeMs }] of entries) {
      if (timeMs >= thresholdMs || entries.size === 1) return;
      entries.delete(offset);
    }
  }

  /** Each write counts as a sync that takes no time, and each entry as a segment. */
  gauges(): LogGauges {
    const { entries } = this.#deps.state;
    let sizeBytes = 0;
    for (const { payload } of entries.values()) sizeBytes += payload.byteLength;
    const syncMs = { p50: 0, p99: 0, max: 0 };
    return {
      kind: 'memory',
      sizeBytes,
      segments: entries.size,
      syncs: this.#writes,
      errors: this.#failures,
      ...(this.#writes === 0 ? {} : { syncMs }),
    };
  }

  /** May be called repeatedly. A log opened since then under the same name stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #counted(written: Promise<LogHandle>): Promise<LogHandle> {
    try {
      const handle = await written;
      this.#writes += 1;
      return handle;
    } catch (error) {
      this.#failures += 1;
      throw error;
    }
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    await this.#tail;
    if (this.#deps.isAlive() && this.#isNewest) this.#deps.state.isOpen = false;
  }

  async #append(entry: MemoryLogEntry): Promise<LogHandle> {
    const { name, state, beforeWrite } = this.#deps;
    await this.#untilAlive();
    await beforeWrite({ log: name, ...entry });
    await this.#untilAlive();
    this.#assertNewest();
    const offset = state.nextOffset;
    state.nextOffset += 1;
    state.entries.set(offset, entry);
    return this.#handle(offset, entry.payload);
  }

  #assertNewest(): void {
    if (this.#isNewest) return;
    const { name } = this.#deps;
    throw coreError('MR_WAL_FENCED', `log ${name} was taken over by another driver`, { details: { name } });
  }

  get #isNewest(): boolean {
    return this.#opening === this.#deps.state.openings;
  }

  /** Never resolves after the death of the process, so no pending call continues. */
  async #untilAlive(): Promise<void> {
    if (!this.#deps.isAlive()) await new Promise<never>(() => undefined);
  }

  #handle(offset: number, payload: Uint8Array): LogHandle {
    return { segment: this.#deps.name, offset, length: payload.byteLength };
  }
}

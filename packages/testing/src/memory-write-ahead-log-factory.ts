// Logs in memory that survive the contexts that write them: a test kills one context, starts the next over the same
// factory, and looks at what comes back. Writes fail when the test says so, and what a killed context still has under
// way never arrives.
import type { LogHandle, LogRecord, WriteAheadLog, WriteAheadLogFactory } from '@millrace/core';
import { coreError } from '@millrace/core';

/** One entry as the test sees it. */
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
}

/** Opens logs by name; each keeps its entries for as long as the factory lives. */
export class MemoryWriteAheadLogFactory implements WriteAheadLogFactory {
  readonly #logs = new Map<string, LogState>();
  #life = 0;
  /** Called before each write; what it throws the write is rejected with, and a promise holds the write back. */
  beforeWrite: ((write: MemoryLogWrite) => void | Promise<void>) | undefined;
  /** Called before each clean-up, with the name of the log; what it throws the clean-up is rejected with. */
  beforeClean: ((log: string) => void | Promise<void>) | undefined;

  async open(name: string): Promise<WriteAheadLog> {
    const state = this.#stateOf(name);
    if (state.isOpen) {
      const message = `log ${name} is open already; close it first`;
      throw coreError('MR_STORAGE_LOCKED', message, { details: { name } });
    }
    state.isOpen = true;
    const life = this.#life;
    return new MemoryWriteAheadLog({
      name,
      state,
      isAlive: () => life === this.#life,
      beforeWrite: (write) => this.beforeWrite?.(write),
      beforeClean: (log) => this.beforeClean?.(log),
    });
  }

  /** The process dies: what was acknowledged stays, all that is under way is lost, and nobody is answered any more. */
  crash(): void {
    this.#life += 1;
    for (const state of this.#logs.values()) state.isOpen = false;
  }

  /** What recovery would return from a log, in order. */
  entries(name: string): readonly MemoryLogEntry[] {
    return [...this.#stateOf(name).entries.values()];
  }

  #stateOf(name: string): LogState {
    const state = this.#logs.get(name) ?? { entries: new Map(), nextOffset: 0, isOpen: false };
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
  /** Entries keep the order of the calls, however long each is held back. */
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(deps: MemoryWriteAheadLogDeps) {
    this.#deps = deps;
  }

  async write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    if (this.#isClosed) throw coreError('MR_WAL_CLOSED', `log ${this.#deps.name} is closed`);
    const kept = { payload: payload.slice(), timeMs };
    const written = this.#tail.then(() => this.#append(kept));
    // The writer hears of a failure through `written`; the tail carries the order only.
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

  /** Removes entry by entry up to the first that stays, as a log of one entry a segment would. */
  async clean(thresholdMs: number): Promise<void> {
    const { name, state, beforeClean } = this.#deps;
    const { entries } = state;
    await this.#untilAlive();
    await beforeClean(name);
    for (const [offset, { timeMs }] of entries) {
      if (timeMs >= thresholdMs || entries.size === 1) return;
      entries.delete(offset);
    }
  }

  /** May be repeated: a log that was opened since under the same name stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    await this.#tail;
    if (this.#deps.isAlive()) this.#deps.state.isOpen = false;
  }

  async #append(entry: MemoryLogEntry): Promise<LogHandle> {
    const { name, state, beforeWrite } = this.#deps;
    await this.#untilAlive();
    await beforeWrite({ log: name, ...entry });
    await this.#untilAlive();
    const offset = state.nextOffset;
    state.nextOffset += 1;
    state.entries.set(offset, entry);
    return this.#handle(offset, entry.payload);
  }

  /** After the death of its process nothing goes on, and nobody learns of it. */
  async #untilAlive(): Promise<void> {
    if (!this.#deps.isAlive()) await new Promise<never>(() => undefined);
  }

  #handle(offset: number, payload: Uint8Array): LogHandle {
    return { segment: this.#deps.name, offset, length: payload.byteLength };
  }
}

// The trial of a sink check. The trial records the identity of each write, so any write can be repeated, and knows the
// expected final content of the destination. Records are handed over as a one-time iterable, like a partition that is
// computed while it is written (SINK-13).
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { batchId, type Sink, type SinkWrite } from '@millrace/core';
import type { SinkTarget } from './sink-target.ts';

/** The parts of an identity that matter to a check; all other parts are constant. */
export type WriteName = Partial<SinkWrite>;

/** The number of failures after one fault before the sink counts as broken. */
const ATTEMPTS_MAX = 5;

interface Written {
  readonly write: SinkWrite;
  readonly ids: readonly number[];
}

/** A sink under test, with all writes. */
export class SinkTrial<T> {
  readonly #target: SinkTarget<T>;
  readonly #record: (id: number) => T;
  readonly #written = new Map<string, Written>();
  readonly #open: Sink<T>[] = [];
  #nextId = 0;

  constructor(target: SinkTarget<T>, record: (id: number) => T) {
    this.#target = target;
    this.#record = record;
  }

  /** The sink opened last. */
  get sink(): Sink<T> {
    const sink = this.#open.at(-1);
    assert(sink !== undefined, 'the check did not open a sink');
    return sink;
  }

  /** All writes so far, in order. */
  get writes(): readonly SinkWrite[] {
    return [...this.#written.values()].map(({ write }) => write);
  }

  /** Opens another sink over the same destination, beside the open ones. */
  async open(): Promise<Sink<T>> {
    const sink = this.create();
    await sink.open?.();
    this.#open.push(sink);
    return sink;
  }

  /** Makes a sink that the check itself opens and closes. */
  create(): Sink<T> {
    return this.#target.createSink();
  }

  /** Closes the sink and opens another. */
  async reopen(): Promise<void> {
    await this.sink.close?.();
    this.#open.pop();
    await this.open();
  }

  /** Leaves the sink like a dying process, and opens another one. */
  async crash(): Promise<void> {
    this.#open.length = 0;
    await this.#target.crash?.();
    await this.open();
  }

  /** Adds the records of a write to the expectations without a write to a sink. */
  expect(name: WriteName = {}, count = 3): SinkWrite {
    const write = {
      application: 'app',
      batchTime: 1_000,
      outputOperation: 0,
      partition: 0,
      partitions: 1,
      ...name,
    };
    assert(!this.#written.has(keyOf(write)), 'the check expects this write already');
    const ids = Array.from({ length: count }, () => this.#nextId++);
    this.#written.set(keyOf(write), { write, ids });
    return write;
  }

  /** Writes new records under a new identity; the records are expected in the destination from now on. */
  async write(name: WriteName = {}, count = 3): Promise<SinkWrite> {
    const write = this.expect(name, count);
    await this.repeat(write);
    return write;
  }

  /** Writes the expected records of this identity, for the first time or again. */
  async repeat(write: SinkWrite, sink: Sink<T> = this.sink): Promise<void> {
    await sink.write(once(this.records(write)), write);
  }

  /** Repeats a write until it succeeds, as the engine does. */
  async repeatUntilDone(write: SinkWrite): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.repeat(write);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** The expected records of this identity. */
  records(write: SinkWrite): readonly T[] {
    return this.recordsOf(this.idsOf(write));
  }

  /** The ids of the expected records of this identity. */
  idsOf(write: SinkWrite): readonly number[] {
    const written = this.#written.get(keyOf(write));
    assert(written !== undefined, 'the check did not make this write');
    return written.ids;
  }

  /** Records by their ids. */
  recordsOf(ids: readonly number[]): readonly T[] {
    return ids.map((id) => this.#record(id));
  }

  /** Asserts that the destination is empty. */
  async assertNothing(): Promise<void> {
    const outside = await this.#target.readBack();
    assert.deepEqual(outside, [], 'expected an empty destination');
  }

  /**
   * Asserts that every expected record is in the destination, in order, and as often as the sink's `delivery` states.
   */
  async assertDelivered(): Promise<void> {
    const outside = await this.outsideIds();
    const isOnce = this.sink.capabilities.delivery === 'effectively-once';
    for (const { write, ids } of this.#written.values()) {
      const expected = new Set(ids);
      const found = outside.filter((id) => expected.has(id));
      const seen = isOnce ? found : [...new Set(found)];
      const what = `records of ${batchId(write)}, output ${write.outputOperation}, partition ${write.partition}`;
      const wrong = firstDifference(seen, ids);
      assert(
        wrong === undefined,
        `expected the ${ids.length} ${what} in the destination, in order${isOnce ? ' and each once' : ''}, found ${seen.length} that differ from index ${wrong} on`,
      );
    }
  }

  /** Closes open sinks and releases the destination. */
  async end(): Promise<void> {
    try {
      for (const sink of this.#open) await sink.close?.();
    } finally {
      await this.#target.dispose?.();
    }
  }

  /** The ids of all records in the destination, with repetitions. */
  async outsideIds(): Promise<readonly number[]> {
    const ids = new Map(Array.from({ length: this.#nextId }, (_, id) => [textOf(this.#record(id)), id]));
    return (await this.#target.readBack()).map((record) => {
      const id = ids.get(textOf(record));
      assert(
        id !== undefined,
        `found a record in the destination that was never written: ${inspect(record)}`,
      );
      return id;
    });
  }
}

/** Records that can be iterated only once. */
export function once<T>(records: Iterable<T>): Iterable<T> {
  let isUsed = false;
  return {
    [Symbol.iterator]: () => {
      assert(!isUsed, 'the records of a partition were iterated twice (SINK-13)');
      isUsed = true;
      return records[Symbol.iterator]();
    },
  };
}

/** Finds the first difference of large partitions: a full diff would take longer than the check. */
function firstDifference(found: readonly number[], expected: readonly number[]): number | undefined {
  const length = Math.max(found.length, expected.length);
  const index = Array.from({ length }).findIndex((_, i) => found[i] !== expected[i]);
  return index < 0 ? undefined : index;
}

function keyOf(write: SinkWrite): string {
  return JSON.stringify([write.application, write.batchTime, write.outputOperation, write.partition]);
}

function textOf(record: unknown): string {
  return inspect(record, { depth: null, sorted: true, maxArrayLength: null, maxStringLength: null });
}

// A sink of dead letters in memory, with the identity of every write: a repeated write changes nothing.
import type { DeadLetter, Sink, SinkWrite } from '@millrace/core';

/** The letters that survive the death of a driver. */
export class LetterSink implements Sink<DeadLetter> {
  readonly name = 'letters';
  readonly capabilities = { delivery: 'effectively-once' } as const;
  /** The first content of each identity. */
  readonly written = new Map<string, readonly DeadLetter[]>();
  /** Every call of `write`, in order. */
  readonly calls: string[] = [];
  /** Repetitions with another content. */
  readonly changed: string[] = [];
  readonly #step: () => Promise<void>;

  /** `step`: called before and after each write; throws to fail the write. */
  constructor(step: () => Promise<void> = async () => undefined) {
    this.#step = step;
  }

  async write(records: Iterable<DeadLetter>, write: SinkWrite): Promise<void> {
    const { application, batchTime, outputOperation, partition, partitions } = write;
    const identity = `${application}@${batchTime}-${outputOperation}-${partition}/${partitions}`;
    this.calls.push(identity);
    await this.#step();
    const letters = [...records];
    const before = this.written.get(identity);
    if (before === undefined) this.written.set(identity, letters);
    else if (textOf(before) !== textOf(letters)) this.changed.push(identity);
    await this.#step();
  }

  /** All letters, in the order of their writes. */
  get letters(): readonly DeadLetter[] {
    return [...this.written.values()].flat();
  }

  /** The records of all letters, from JSON. */
  get records(): readonly unknown[] {
    return this.letters.map(({ record, recordForm }) =>
      recordForm === 'json' ? (JSON.parse(record) as unknown) : `${recordForm} ${record}`,
    );
  }
}

function textOf(letters: readonly DeadLetter[]): string {
  return JSON.stringify(letters.map(({ error: _error, ...letter }) => letter));
}

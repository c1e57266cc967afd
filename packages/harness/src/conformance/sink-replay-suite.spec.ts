// The suite against sinks that are wrong in one way each: a suite that passes them proves nothing.
import { batchId, coreError, type Sink, type SinkWrite } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { sinkReplaySuite } from './sink-replay-suite.ts';
import type { SinkTarget } from './sink-target.ts';

interface Place {
  /** In the order of arrival. */
  readonly records: number[];
  /** Keys of writes that are done. */
  readonly ledger: Set<string>;
}

type Delivery = Sink<number>['capabilities']['delivery'];

/** A sink in memory that does everything right; what a broken one does otherwise overrides a method. */
class LedgerSink implements Sink<number> {
  readonly name = 'ledger';
  readonly capabilities: Sink<number>['capabilities'];
  protected readonly place: Place;
  protected isOpen = false;

  constructor(place: Place, delivery: Delivery = 'effectively-once') {
    this.place = place;
    this.capabilities = { delivery };
  }

  open(): Promise<void> {
    this.isOpen = true;
    return Promise.resolve();
  }

  async write(records: Iterable<number>, write: SinkWrite): Promise<void> {
    this.refuseUnlessOpen();
    this.refuseUnsupported(this.commit(records, this.key(write)));
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  protected refuseUnlessOpen(): void {
    if (!this.isOpen) throw coreError('MR_SINK_NOT_OPEN', 'not open');
  }

  protected key(write: SinkWrite): string {
    return JSON.stringify([write.outputOperation, write.partition, write.batchTime, write.application]);
  }

  /** The records that were added; with a negative one among them, none are. */
  protected commit(records: Iterable<number>, key: string): readonly number[] {
    const all = [...records];
    if (this.place.ledger.has(key) || all.some((record) => record < 0)) return all;
    this.place.ledger.add(key);
    this.place.records.push(...all);
    return all;
  }

  protected refuseUnsupported(all: readonly number[]): void {
    const index = all.findIndex((record) => record < 0);
    if (index >= 0) throw coreError('MR_SINK_UNSUPPORTED_RECORD', 'negative', { details: { index } });
  }
}

/** Appends and remembers nothing. */
class NaiveSink extends LedgerSink {
  protected override commit(records: Iterable<number>): readonly number[] {
    for (const record of records) this.place.records.push(record);
    return [];
  }
}

class LedgerFirst extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.place.ledger.has(key)) return [];
    this.place.ledger.add(key);
    const all = [...records];
    this.place.records.push(...all);
    return [];
  }
}

class LeavesHalf extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.place.ledger.has(key)) return [];
    for (const record of records) this.place.records.push(record);
    this.place.ledger.add(key);
    return [];
  }
}

class ForgetsWhenClosed extends LedgerSink {
  readonly #done = new Set<string>();

  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.#done.has(key)) return [];
    const all = [...records];
    this.#done.add(key);
    this.place.records.push(...all);
    return [];
  }
}

class SkipsOlderBatches extends LedgerSink {
  override async write(records: Iterable<number>, write: SinkWrite): Promise<void> {
    this.refuseUnlessOpen();
    const newest = Math.max(0, ...[...this.place.ledger].map((key) => JSON.parse(key)[2] as number));
    if (write.batchTime >= newest) this.commit(records, this.key(write));
  }
}

class KeepsInMemory extends LedgerSink {
  readonly #waiting: (() => void)[] = [];

  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    const all = [...records];
    this.#waiting.push(() => super.commit(all, key));
    return all;
  }

  override async close(): Promise<void> {
    for (const commit of this.#waiting.splice(0)) commit();
    await super.close();
  }
}

class Reverses extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    return super.commit([...records].reverse(), key);
  }
}

class ForgetsApplication extends LedgerSink {
  protected override key({ batchTime, outputOperation, partition }: SinkWrite): string {
    return JSON.stringify([outputOperation, partition, batchTime]);
  }
}

class ForgetsOutput extends LedgerSink {
  protected override key(write: SinkWrite): string {
    return JSON.stringify([batchId(write), write.partition, write.batchTime]);
  }
}

class WritesAlways extends LedgerSink {
  protected override refuseUnlessOpen(): void {
    // That is what is wrong with it.
  }
}

class ClosesOnce extends LedgerSink {
  override async close(): Promise<void> {
    if (!this.isOpen) throw new Error('closed already');
    await super.close();
  }
}

class IteratesTwice extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    let count = 0;
    for (const _ of records) count += 1;
    return count === 0 ? [] : super.commit(records, key);
  }
}

class DropsUnsupported extends LedgerSink {
  protected override refuseUnsupported(): void {
    // Nobody hears of it, and the partition is gone.
  }
}

/** Runs the suite without a framework and tells the titles of the checks that fail. */
async function failingChecks(makeSink: (place: Place) => Sink<number>): Promise<readonly string[]> {
  const checks: { title: string; run: () => Promise<void> }[] = [];
  sinkReplaySuite<number, SinkTarget<number>>({
    name: 'under test',
    describe: (_, define) => define(),
    it: (title, run) => checks.push({ title, run }),
    record: (id) => id,
    unsupportedRecord: -1,
    create: () => {
      const place: Place = { records: [], ledger: new Set() };
      return { createSink: () => makeSink(place), readBack: async () => [...place.records] };
    },
  });
  const failed: string[] = [];
  for (const { title, run } of checks) await run().catch(() => failed.push(title));
  return failed;
}

const rulesOf = (titles: readonly string[]) => new Set(titles.map((title) => title.split(' ')[0]));

describe('sinkReplaySuite', () => {
  it('passes a sink that does everything right', async () => {
    expect(await failingChecks((place) => new LedgerSink(place))).toEqual([]);
  });

  it('fails a sink that only appends', async () => {
    const failed = await failingChecks((place) => new NaiveSink(place));
    expect(rulesOf(failed)).toEqual(new Set(['SINK-2', 'SINK-4', 'SINK-5', 'SINK-14', 'SINK-15']));
  });

  it('passes a sink that only appends and says so, but for a refused record', async () => {
    const failed = await failingChecks((place) => new NaiveSink(place, 'at-least-once'));
    expect(rulesOf(failed)).toEqual(new Set(['SINK-14']));
  });

  it.each([
    { rule: 'SINK-1', Broken: KeepsInMemory },
    { rule: 'SINK-2', Broken: ForgetsWhenClosed },
    { rule: 'SINK-2', Broken: SkipsOlderBatches },
    { rule: 'SINK-2', Broken: ForgetsApplication },
    { rule: 'SINK-2', Broken: ForgetsOutput },
    { rule: 'SINK-4', Broken: LedgerFirst },
    { rule: 'SINK-4', Broken: LeavesHalf },
    { rule: 'SINK-6', Broken: ClosesOnce },
    { rule: 'SINK-10', Broken: WritesAlways },
    { rule: 'SINK-12', Broken: Reverses },
    { rule: 'SINK-14', Broken: DropsUnsupported },
  ])('fails $rule of a sink that $Broken.name', async ({ rule, Broken }) => {
    const failed = await failingChecks((place) => new Broken(place));
    expect(rulesOf(failed)).toContain(rule);
  });

  it('fails a sink that iterates records twice in every write (SINK-13)', async () => {
    const failed = await failingChecks((place) => new IteratesTwice(place));
    expect(failed.length).toBeGreaterThan(10);
  });

  it.each([
    { rule: 'SINK-6', Broken: ClosesOnce },
    { rule: 'SINK-10', Broken: WritesAlways },
    { rule: 'SINK-14', Broken: DropsUnsupported },
  ])('passes all but $rule of a sink that $Broken.name', async ({ rule, Broken }) => {
    const failed = await failingChecks((place) => new Broken(place));
    expect(rulesOf(failed)).toEqual(new Set([rule]));
  });
});

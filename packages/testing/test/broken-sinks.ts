// A correct sink, and sinks with one defect each, for tests of kit and suite.
import { batchId, type Sink, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';

/** The destination. */
export interface Place {
  /** In the order of arrival. */
  readonly records: number[];
  /** Keys of completed writes. */
  readonly ledger: Set<string>;
  /** The number of partitions of each output of a batch, by key. */
  readonly partitions: Map<string, number>;
  /** The next write fails. */
  isFailing?: boolean;
}

type Delivery = Sink<number>['capabilities']['delivery'];

/** A correct sink in memory; a defective sink overrides a method. */
export class LedgerSink implements Sink<number> {
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
    const isFailing = this.place.isFailing === true;
    this.place.isFailing = false;
    if (isFailing) this.fail(records);
    this.refuseRepartitioned(write);
    this.refuseUnsupported(this.commit(records, this.key(write)));
  }

  close(): Promise<void> {
    this.isOpen = false;
    return Promise.resolve();
  }

  protected refuseUnlessOpen(): void {
    if (!this.isOpen) throw coreError('MR_SINK_NOT_OPEN', 'not open');
  }

  protected refuseRepartitioned(write: SinkWrite): void {
    const key = this.outputKey(write);
    const before = this.place.partitions.get(key) ?? write.partitions;
    if (before !== write.partitions) throw coreError('MR_SINK_REPARTITIONED', 'another number of partitions');
    this.place.partitions.set(key, before);
  }

  protected outputKey({ application, batchTime, outputOperation }: SinkWrite): string {
    return JSON.stringify([outputOperation, batchTime, application]);
  }

  /** The effect of a failing destination on a write. */
  protected fail(records: Iterable<number>): never {
    throw new Error('the place failed', { cause: records });
  }

  protected key(write: SinkWrite): string {
    return JSON.stringify([write.outputOperation, write.partition, write.batchTime, write.application]);
  }

  /** The added records; none when one record is negative. */
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

/** Appends, and records nothing. */
export class NaiveSink extends LedgerSink {
  protected override commit(records: Iterable<number>): readonly number[] {
    for (const record of records) this.place.records.push(record);
    return [];
  }
}

/** See `name`. */
export class LedgerFirst extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.place.ledger.has(key)) return [];
    this.place.ledger.add(key);
    const all = [...records];
    this.place.records.push(...all);
    return [];
  }
}

/** See `name`. */
export class LeavesHalf extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.place.ledger.has(key)) return [];
    for (const record of records) this.place.records.push(record);
    this.place.ledger.add(key);
    return [];
  }
}

/** See `name`. */
export class ForgetsWhenClosed extends LedgerSink {
  readonly #done = new Set<string>();

  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    if (this.#done.has(key)) return [];
    const all = [...records];
    this.#done.add(key);
    this.place.records.push(...all);
    return [];
  }
}

/** See `name`. */
export class SkipsOlderBatches extends LedgerSink {
  override async write(records: Iterable<number>, write: SinkWrite): Promise<void> {
    this.refuseUnlessOpen();
    const newest = Math.max(0, ...[...this.place.ledger].map((key) => JSON.parse(key)[2] as number));
    if (write.batchTime >= newest) this.commit(records, this.key(write));
  }
}

/** See `name`. */
export class KeepsInMemory extends LedgerSink {
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

/** See `name`. */
export class Reverses extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    return super.commit([...records].reverse(), key);
  }
}

/** See `name`. */
export class ForgetsApplication extends LedgerSink {
  protected override key({ batchTime, outputOperation, partition }: SinkWrite): string {
    return JSON.stringify([outputOperation, partition, batchTime]);
  }
}

/** See `name`. */
export class CountsEpochs extends LedgerSink {
  protected override key(write: SinkWrite): string {
    return JSON.stringify([super.key(write), write.epoch]);
  }
}

/** See `name`. */
export class ForgetsOutput extends LedgerSink {
  protected override key(write: SinkWrite): string {
    return JSON.stringify([batchId(write), write.partition, write.batchTime]);
  }
}

/** See `name`. */
export class WritesAlways extends LedgerSink {
  protected override refuseUnlessOpen(): void {
    // The defect.
  }
}

/** See `name`. */
export class ClosesOnce extends LedgerSink {
  override async close(): Promise<void> {
    if (!this.isOpen) throw new Error('closed already');
    await super.close();
  }
}

/** See `name`. */
export class IteratesTwice extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    let count = 0;
    for (const _ of records) count += 1;
    return count === 0 ? [] : super.commit(records, key);
  }
}

/** See `name`. */
export class DropsUnsupported extends LedgerSink {
  protected override refuseUnsupported(): void {
    // The failure is not reported, and the partition is gone.
  }
}

/** See `name`. */
export class MarksEmptyPartitions extends LedgerSink {
  protected override commit(records: Iterable<number>, key: string): readonly number[] {
    const all = [...records];
    return super.commit(all.length === 0 ? [0.5] : all, key);
  }
}

/** See `name`. */
export class LosesAtClose extends LedgerSink {
  override async close(): Promise<void> {
    if (this.isOpen) this.place.records.length = 0;
    await super.close();
  }
}

/** See `name`. */
export class ClaimsLess extends LedgerSink {
  constructor(place: Place) {
    super(place, 'at-least-once');
  }
}

/** See `name`. */
export class LeavesHalfWhenThePlaceFails extends LedgerSink {
  protected override fail(records: Iterable<number>): never {
    const [first = 0] = records;
    this.place.records.push(first);
    throw new Error('the place failed');
  }
}

/** See `name`. */
export class OpensOnceOnly extends LedgerSink {
  override async open(): Promise<void> {
    if (this.place.ledger.has('open')) throw new Error('another sink is open');
    this.place.ledger.add('open');
    await super.open();
  }
}

/** See `name`. */
export class ForgetsPartitions extends LedgerSink {
  protected override refuseRepartitioned(): void {
    // The identities lack the number of partitions, and so does the ledger.
  }
}

/** See `name`. */
export class KeepsPartitionsByBatch extends LedgerSink {
  protected override outputKey({ batchTime }: SinkWrite): string {
    return String(batchTime);
  }
}

/** See `name`. */
export class RefusesRecordsOnly extends LedgerSink {
  protected override refuseRepartitioned(write: SinkWrite): void {
    // An existing partition counts as written, whatever its number of partitions.
    if (!this.place.ledger.has(this.key(write))) super.refuseRepartitioned(write);
  }
}

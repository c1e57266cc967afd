// The checkers of streams and batch times get evidence with one fault each, written by hand.
import { describe, expect, it } from 'vitest';
import { checkAlways, checkFinished, checkUnfinished } from '../src/check-promises.ts';
import { Coverage } from '../src/coverage.ts';
import { drawPlan } from '../src/draw-plan.ts';
import { Ledger } from '../src/ledger.ts';
import type { Plan, StreamPlan } from '../src/plan.ts';
import { rawOutput } from '../src/sim-program.ts';
import type { SimRecord } from '../src/sim-record.ts';
import { SimSource } from '../src/sim-source.ts';
import { SourceStart } from '../src/source-start.ts';

const EVERY_MS = 1_000;

const { eventTime: _events, recordErrors: _errors, clockSteps: _steps, ...drawn } = drawPlan('4', {});
const PLAIN: Plan = {
  ...drawn,
  batchIntervalMs: EVERY_MS,
  blockIntervalMs: 100,
  disk: {},
  graphs: [],
  settings: {},
};
delete (PLAIN as { failing?: unknown }).failing;
delete (PLAIN as { lasting?: unknown }).lasting;

const ACKNOWLEDGED: StreamPlan = {
  source: 'acknowledged',
  recordsPerSecond: 20,
  stores: 'records',
  restartRate: 0,
  failureRate: 0,
};

/** A source and its ledger; the source has one start with a stored record for each record of the batches. */
class Written {
  readonly broken: string[] = [];
  readonly ledger: Ledger;
  readonly source: SimSource;
  readonly plan: Plan;

  constructor(
    batches: Readonly<Record<number, readonly number[]>>,
    { plan = {}, stream = ACKNOWLEDGED }: { plan?: Partial<Plan>; stream?: StreamPlan } = {},
  ) {
    const violated = (promise: string, what: string) => void this.broken.push(`${promise}: ${what}`);
    this.plan = { ...PLAIN, ...plan, streams: [stream] };
    this.ledger = new Ledger(violated);
    this.source = new SimSource({
      name: 'source-0',
      plan: stream,
      random: { next: () => 0, integer: () => 0, text: () => '' } as never,
      coverage: new Coverage(),
      nowMs: () => 0,
      violated,
    });
    const start = new SourceStart(0);
    this.source.starts.push(start);
    for (const [batchTime, numbers] of Object.entries(batches)) {
      const records = numbers.map((number): SimRecord => [number, 0]);
      this.ledger.write(rawOutput(this.source), Number(batchTime), records);
      start.addPiece('records', numbers, Number(batchTime));
      this.source.blocks.set(Number(batchTime), numbers.length === 0 ? 0 : 1);
    }
  }

  check(how: typeof checkAlways = checkAlways): readonly string[] {
    const { broken, ledger, source, plan } = this;
    const violated = (promise: string, what: string) => void broken.push(`${promise}: ${what}`);
    how({ plan, sources: [source], ledger, violated });
    return broken;
  }
}

const WHOLE = { 1_000: [0, 1], 2_000: [2], 3_000: [], 4_000: [3, 4] };
const GAP = { 1_000: [0, 1], 2_000: [2], 5_000: [3, 4] };

describe('the check of batch times', () => {
  it('accepts a batch for each interval', () => {
    expect(new Written(WHOLE).check()).toEqual([]);
  });

  it('reports a gap that no driver has reported', () => {
    expect(new Written(GAP).check()).toEqual(['BAT-2: source-0 has batch 5000 where 3000 was next']);
  });

  it.each([1, 3, 4])('reports a gap of two batches that a driver reported as a gap of %i', (count) => {
    const written = new Written(GAP);
    written.ledger.leavesOutBefore(5_000, count);
    expect(written.check()).toEqual(['BAT-2: source-0 has batch 5000 where 3000 was next']);
  });

  it('reports a gap that a driver reported before another batch', () => {
    const written = new Written(GAP);
    written.ledger.leavesOutBefore(2_000, 2);
    expect(written.check()).toEqual(['BAT-2: source-0 has batch 5000 where 3000 was next']);
  });

  it('accepts a gap of exactly the reported batches, also in two reports', () => {
    const once = new Written(GAP);
    once.ledger.leavesOutBefore(5_000, 2);
    expect(once.check()).toEqual([]);
    const twice = new Written(GAP);
    twice.ledger.leavesOutBefore(4_000, 1);
    twice.ledger.leavesOutBefore(5_000, 1);
    expect(twice.check()).toEqual([]);
  });

  it('reports a batch between two intervals, even beside a reported gap', () => {
    const written = new Written({ 1_000: [0], 2_400: [1] });
    written.ledger.leavesOutBefore(2_400, 1);
    expect(written.check()).toEqual(['BAT-2: source-0 has batch 2400 where 2000 was next']);
  });
});

describe('the check of waiting blocks', () => {
  const five = { settings: { maxUnallocatedBlocks: 5 } };
  const MANY = 'blocks: source-0: batch 2000 has 6 blocks, and 5 may wait';
  const withBlocks = (count: number, plan: Partial<Plan>) => {
    const written = new Written(WHOLE, { plan });
    written.source.blocks.set(2_000, count);
    return written.check();
  };

  it('accepts as many blocks in a batch as may wait', () => {
    expect(withBlocks(5, five)).toEqual([]);
  });

  it('reports one block more, also on a slow disk', () => {
    expect(withBlocks(6, five)).toEqual([MANY]);
    expect(withBlocks(6, { ...five, disk: { slowMs: 80 } })).toEqual([MANY]);
  });

  it('accepts more blocks without a bound, and from logs that may fail', () => {
    expect(withBlocks(6, {})).toEqual([]);
    expect(withBlocks(6, { ...five, disk: { append: 0.1 } })).toEqual([]);
    expect(withBlocks(6, { ...five, failing: [{ operation: 'sync', path: '/log/', after: 1 }] })).toEqual([]);
  });
});

describe('the check of partitions', () => {
  it('reports more blocks than intervals and bounds account for', () => {
    const written = new Written(WHOLE);
    written.source.blocks.set(2_000, 60);
    expect(written.check(checkFinished)).toEqual([
      'blocks: source-0 came in 62 partitions, at most 46 are expected',
    ]);
  });

  it('accepts blocks that whole blocks divided', () => {
    const written = new Written(WHOLE);
    written.source.blocks.set(2_000, 60);
    for (let block = 0; block < 10; block += 1) written.source.starts[0]?.addBlock([], 4_000);
    expect(written.check(checkFinished)).toEqual([]);
  });
});

describe('the check of a stream', () => {
  it('reports a lost record (BLK-1), and a record that came twice or out of order (BAT-1)', () => {
    const lost = new Written(WHOLE);
    lost.source.starts[0]?.stored.splice(1, 0, 7);
    expect(lost.check()).toEqual(['BLK-1: source-0, start 0: 1 came out where 7 was next']);
    const twice = new Written({ 1_000: [0, 1], 2_000: [1] });
    twice.source.starts[0]?.stored.pop();
    expect(twice.check()).toEqual(['BAT-1: source-0, start 0: 1 came out where undefined was next']);
  });

  it('reports an acknowledged record that is missing in the output (REC-1)', () => {
    const written = new Written(WHOLE);
    written.source.produced = 7;
    written.source.acknowledgedBelow = 6;
    expect(written.check(checkUnfinished)).toEqual(['REC-1: source-0 lost 1 records, the first is 5']);
    expect(new Written(WHOLE).check(checkUnfinished)).toEqual([]);
  });
});

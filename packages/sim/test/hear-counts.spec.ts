import { describe, expect, it } from 'vitest';
import { checkLeftOut, type CountEvidence, hearCounts } from '../src/hear-counts.ts';
import { Ledger } from '../src/ledger.ts';
import type { SimDriver } from '../src/sim-driver.ts';
import type { SimSource } from '../src/sim-source.ts';
import { SourceStart } from '../src/source-start.ts';

function heard(oddStored: number) {
  const broken: string[] = [];
  const violated = (promise: string, what: string) => void broken.push(`${promise}: ${what}`);
  const ledger = new Ledger(violated);
  const source = { name: 'source-0', oddStored, toldLeftOut: 0, starts: [new SourceStart(0)] };
  const evidence: CountEvidence = { sources: [source as unknown as SimSource], ledger, violated };
  const listeners = new Map<string, (event: unknown) => void>();
  const ssc = { on: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener) };
  hearCounts({ ssc, process: { isAlive: true } } as unknown as SimDriver, evidence);
  const tell = (recordCount: number, totalCount: number) =>
    listeners.get('records:left-out')?.({ leftOut: { streamId: 0, recordCount, totalCount } });
  const complete = (recordCount: number) =>
    listeners.get('batch:completed')?.({
      batch: { batchTime: 1_000, outcome: 'succeeded', inputs: new Map([[0, { recordCount }]]) },
    });
  return { broken, ledger, tell, complete, evidence };
}

describe('reported counts', () => {
  it('match the stored records and the output', () => {
    const { broken, ledger, tell, complete, evidence } = heard(3);
    tell(1, 1);
    tell(2, 3);
    ledger.write('raw source-0', 1_000, [[1, 0]]);
    complete(1);
    checkLeftOut(evidence);
    expect(broken).toEqual([]);
  });

  it('are wrong for a total that does not add up, and for too many left-out records', () => {
    const { broken, tell } = heard(1);
    tell(2, 1);
    expect(broken).toEqual([
      'RECEIVER-40: source-0: 1 left-out records in total, events add up to 2',
      'RECEIVER-40: source-0: 2 records were left out of 1 odd ones',
    ]);
  });

  it('are wrong for an odd value without a report', () => {
    const { broken, tell, evidence } = heard(2);
    tell(1, 1);
    checkLeftOut(evidence);
    expect(broken).toEqual(['RECEIVER-40: source-0: 2 odd values were stored, 1 were reported']);
  });

  it('are wrong for a batch whose counted records are missing in the output', () => {
    const { broken, ledger, complete } = heard(0);
    ledger.write('raw source-0', 1_000, [[1, 0]]);
    complete(2);
    expect(broken).toEqual(['RECEIVER-40: source-0: batch 1000 counts 2 records, the output has 1']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplayRecord } from './parsing/record-parser.ts';
import { isMalformed, RecordSelector, type SelectorOptions } from './record-selector.ts';

function selectAll(values: readonly ReplayRecord[], options: Partial<SelectorOptions> = {}) {
  const selector = new RecordSelector({ timestamp: 't', timestampFormat: 'epoch-ms', ...options });
  const outcomes = values.map((record, index) =>
    selector.select({ kind: 'record', position: { index }, record }),
  );
  return { selector, selected: outcomes.filter((outcome) => outcome !== undefined) };
}

describe('RecordSelector', () => {
  it('assigns each record its event time', () => {
    const { selected } = selectAll([{ t: 5 }, { t: 3 }]);
    expect(selected).toEqual([
      { eventMs: 5, record: { t: 5 }, index: 0 },
      { eventMs: 3, record: { t: 3 }, index: 1 },
    ]);
  });

  it('treats a record without a readable timestamp as malformed', () => {
    const { selected } = selectAll([{}, { t: 'soon' }, { toString: 1 }]);
    expect(selected.every(isMalformed)).toBe(true);
    expect(selected).toMatchObject([
      { problem: "expected a field 't', found none" },
      { problem: "expected a timestamp (epoch-ms) in 't', got 'soon'" },
      {},
    ]);
  });

  it('divides a file among receivers, each record to exactly one', () => {
    const value = fc.oneof(fc.record({ t: fc.nat() }), fc.constant({}));
    fc.assert(
      fc.property(fc.array(value), fc.integer({ min: 1, max: 5 }), (values, of) => {
        const shares = Array.from({ length: of }, (_, index) =>
          selectAll(values, { partition: { index, of } }),
        );
        const total = shares.reduce((sum, { selected }) => sum + selected.length, 0);
        expect(total).toBe(values.length);
        expect(new Set(shares.map(({ selector }) => selector.firstEventMs)).size).toBe(1);
        expect(new Set(shares.map(({ selector }) => selector.leastEventMs)).size).toBe(1);
      }),
    );
  });

  it('skips records before the start and counts the skipped records', () => {
    const { selector, selected } = selectAll([{ t: 1 }, { t: 5 }, { t: 2 }, { t: 6 }], { startAtMs: 5 });
    expect(selected.map((outcome) => !isMalformed(outcome) && outcome.eventMs)).toEqual([5, 6]);
    expect(selector.passedOver).toBe(2);
  });
});

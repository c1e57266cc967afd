import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';
import { PATHS } from './names.ts';

type Requests = readonly (readonly [string, readonly object[]])[];

const rows = (...numbers: readonly number[]) => numbers.map((number) => ({ number }));
const RIGHT: Requests = [
  ['a', rows(2, 0)],
  ['b', rows(1, 3, 4)],
];

function ledgerOf(of: Partial<Record<keyof typeof PATHS, Requests>>): Ledger {
  const ledger = new Ledger();
  const requests = { numbers: RIGHT, messages: RIGHT, totals: [], ...of };
  for (const name of ['numbers', 'messages', 'totals'] as const)
    for (const [index, [key, some]] of requests[name].entries())
      ledger.add({ path: PATHS[name], key, rows: some }, index);
  return ledger;
}

describe('the ledger of a run', () => {
  it('has no problem when every number is there once, and no message is missing', () => {
    const ledger = ledgerOf({ totals: [['a', [{ key: 1, count: 2, sum: 6, largest: 5 }]]] });
    expect(ledger.problems(5)).toEqual([]);
    expect(ledger.summary()).toEqual({ numbers: 5, messages: 5, repeated: 0, redelivered: 0 });
  });

  it('counts messages that came again, and equal requests that came again, as right', () => {
    const ledger = ledgerOf({
      messages: [...RIGHT, ['c', rows(3)]],
      numbers: [...RIGHT, ['a', rows(0, 2)]],
    });
    expect(ledger.problems(5)).toEqual([]);
    expect(ledger.summary()).toMatchObject({ repeated: 1, redelivered: 1 });
  });

  it.each([
    [{ numbers: [] }, 5, 'there are no numbers'],
    [{ numbers: [['a', rows(0, 3)]] as Requests }, 5, '2 numbers are missing: 1, 2'],
    [{ numbers: [...RIGHT, ['c', rows(4)]] as Requests }, 5, '1 numbers are in two batches: 4'],
    [
      { numbers: [...RIGHT, ['a', rows(2)]] as Requests },
      5,
      '1 repeated requests have other rows: /numbers a',
    ],
    [{}, 6, '1 messages are missing: 5'],
    [{}, 4, '1 messages were never sent: 4'],
    [{ totals: [['a', [{ key: 1, count: 1, sum: 5, largest: 5 }]]] as Requests }, 5, '1 totals are wrong'],
    [{ totals: [['a', [{ key: 0, count: 2, sum: 5, largest: 4 }]]] as Requests }, 5, '1 totals are wrong'],
  ])('tells what is wrong with %j', (of, sent, problem) => {
    const problems = ledgerOf(of).problems(sent);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('knows the longest time without numbers, whatever messages and repeated requests do', () => {
    const ledger = new Ledger();
    for (const [path, key, atMs] of [
      [PATHS.numbers, 'a', 0],
      [PATHS.numbers, 'b', 900],
      [PATHS.messages, 'a', 1_200],
      [PATHS.numbers, 'b', 1_300],
      [PATHS.numbers, 'c', 1_700],
    ] as const)
      ledger.add({ path, key, rows: [] }, atMs);
    expect([ledger.gapSince(1_000), ledger.gapSince(2_000)]).toEqual([800, 0]);
    expect(ledger.newestMs).toBe(1_200);
  });
});

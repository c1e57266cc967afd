import { describe, expect, it } from 'vitest';
import { type NumberedFlight, Results } from './results.ts';

const flight = (origin: string, delay: number) => ({
  date: '2001/01/01 00:47',
  delay,
  distance: 100,
  origin,
  destination: 'LAS',
});
const FLIGHTS = [flight('DTW', 1), flight('ATL', 2), flight('DTW', 3)];

function rows(...numbers: readonly number[]): readonly NumberedFlight[] {
  return numbers.map((number) => ({ ...(FLIGHTS[number % FLIGHTS.length] ?? flight('', 0)), number }));
}

function resultsOf(...deliveries: readonly (readonly [string, readonly NumberedFlight[]])[]): Results {
  const results = new Results();
  for (const [index, [key, of]] of deliveries.entries()) results.add({ key, rows: of }, index);
  return results;
}

describe('the results of the demo', () => {
  it('are right when every number is there once, with flights that repeat', () => {
    const results = resultsOf(['a', rows(1, 0)], ['b', rows(3, 2, 4)]);
    expect(results.check(FLIGHTS)).toEqual({ wrong: [], summary: '5 flights in 2 requests; 0 came again' });
  });

  it('are right when a request comes again with the same flights in another order', () => {
    const results = resultsOf(['a', rows(0, 1)], ['a', rows(1, 0)]);
    expect(results.check(FLIGHTS)).toEqual({ wrong: [], summary: '2 flights in 1 requests; 1 came again' });
  });

  it('are wrong when there are none', () => {
    expect(new Results().check(FLIGHTS).wrong).toEqual(['there are no results']);
  });

  it('are wrong when a flight is missing', () => {
    expect(resultsOf(['a', rows(0, 2)]).check(FLIGHTS).wrong[0]).toBe('1 flights are missing');
  });

  it('are wrong when a flight is in two requests', () => {
    expect(resultsOf(['a', rows(0, 1)], ['b', rows(1)]).check(FLIGHTS).wrong[0]).toBe(
      '1 flights are in two results',
    );
  });

  it('are wrong when a request comes again with other flights', () => {
    expect(resultsOf(['a', rows(0)], ['a', rows(0, 1)]).check(FLIGHTS).wrong).toEqual([
      '1 repeated requests have other flights',
    ]);
  });

  it('are wrong when a flight has another delay than in the file', () => {
    const changed = rows(0, 1).map((row) => ({ ...row, delay: 9 }));
    expect(resultsOf(['a', changed]).check(FLIGHTS).wrong.length).toBeGreaterThan(0);
  });
});

describe('the longest time without results', () => {
  it('begins before the fault and counts no repeated request and nothing earlier', () => {
    const results = new Results();
    for (const [key, atMs] of [
      ['a', 0],
      ['b', 900],
      ['c', 1_000],
      ['c', 1_300],
      ['d', 1_700],
      ['e', 1_800],
    ] as const)
      results.add({ key, rows: rows(0) }, atMs);
    expect(results.gapSince(1_100)).toBe(700);
    expect(results.gapSince(1_750)).toBe(100);
    expect(results.gapSince(2_000)).toBe(0);
  });
});

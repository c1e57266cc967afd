import { describe, expect, it } from 'vitest';
import { ConfirmedPlace } from './confirmed-place.ts';

const place = (number: number): string => `00000000/${String(number).padStart(8, '0')}`;

/** A transaction with this number of changes, committed at a place and ended one behind. */
function transaction(confirmed: ConfirmedPlace, commit: number, changes: number): void {
  confirmed.begin();
  for (let index = 1; index <= changes; index += 1) confirmed.stored({ commit: place(commit), index });
  confirmed.end(place(commit + 1));
}

describe('the confirmed place', () => {
  it('is the end of the last transaction whose changes are all acknowledged', () => {
    const confirmed = new ConfirmedPlace(place(1));
    transaction(confirmed, 10, 3);
    transaction(confirmed, 20, 2);
    expect(confirmed.place).toBe(place(1));
    confirmed.acknowledge({ commit: place(10), index: 2 });
    expect(confirmed.place).toBe(place(1));
    confirmed.acknowledge({ commit: place(10), index: 3 });
    expect(confirmed.place).toBe(place(11));
    confirmed.acknowledge({ commit: place(20), index: 2 });
    expect(confirmed.place).toBe(place(21));
  });

  it('waits for the end of a transaction whose changes came before', () => {
    const confirmed = new ConfirmedPlace(place(1));
    confirmed.begin();
    confirmed.stored({ commit: place(10), index: 1 });
    confirmed.acknowledge({ commit: place(10), index: 1 });
    confirmed.passed(place(30));
    expect(confirmed.place).toBe(place(1));
    confirmed.end(place(11));
    expect(confirmed.place).toBe(place(11));
  });

  it('passes transactions without changes, behind the changes before them', () => {
    const confirmed = new ConfirmedPlace(place(1));
    transaction(confirmed, 5, 0);
    expect(confirmed.place).toBe(place(6));
    transaction(confirmed, 10, 1);
    transaction(confirmed, 20, 0);
    transaction(confirmed, 30, 0);
    expect(confirmed.place).toBe(place(6));
    confirmed.acknowledge({ commit: place(10), index: 1 });
    expect(confirmed.place).toBe(place(31));
  });

  it('follows the server while nothing is unacknowledged', () => {
    const confirmed = new ConfirmedPlace(place(50));
    confirmed.passed(place(40));
    expect(confirmed.place).toBe(place(50));
    confirmed.passed(place(60));
    expect(confirmed.place).toBe(place(60));
    transaction(confirmed, 70, 1);
    confirmed.passed(place(80));
    expect(confirmed.place).toBe(place(60));
    confirmed.acknowledge({ commit: place(70), index: 1 });
    confirmed.passed(place(80));
    expect(confirmed.place).toBe(place(80));
  });
});

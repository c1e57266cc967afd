import { describe, expect, it } from 'vitest';
import { StreamNeeds } from './stream-needs.ts';

const GRACE = 1_000;

describe('the messages of a stream that must stay', () => {
  it('begin with the first that a block needs', () => {
    const needs = new StreamNeeds(GRACE);
    needs.need([1]);
    needs.need([2, 3]);
    needs.need([4]);
    expect(needs.firstToKeep(0)).toBe(1);
    needs.drop([2, 3]);
    expect(needs.firstToKeep(0)).toBe(1);
    needs.drop([1]);
    expect(needs.firstToKeep(0)).toBe(4);
    needs.drop([4]);
    expect(needs.firstToKeep(0)).toBe(5);
    expect(needs.size).toBe(0);
  });

  it('begin with a hole before them, until a later message has been known for the grace', () => {
    const needs = new StreamNeeds(GRACE);
    needs.need([1]);
    needs.need([3]);
    needs.drop([1]);
    needs.drop([3]);
    expect(needs.firstToKeep(0)).toBe(2);
    needs.need([5]);
    expect(needs.firstToKeep(GRACE - 1)).toBe(2);
    expect(needs.firstToKeep(GRACE)).toBe(4);
    expect(needs.firstToKeep(2 * GRACE - 2)).toBe(4);
    expect(needs.firstToKeep(2 * GRACE - 1)).toBe(5);
  });

  it('contain a hole that was registered at last, also behind the grace', () => {
    const needs = new StreamNeeds(GRACE);
    needs.need([2]);
    needs.drop([2]);
    expect(needs.firstToKeep(0)).toBe(1);
    needs.need([1]);
    expect(needs.firstToKeep(GRACE)).toBe(1);
    needs.drop([1]);
    expect(needs.firstToKeep(GRACE)).toBe(3);
  });

  it('know the beginning of the stream', () => {
    const needs = new StreamNeeds(GRACE);
    needs.need([7]);
    needs.drop([7]);
    expect(needs.firstToKeep(0)).toBe(1);
    needs.begins(7);
    expect(needs.firstToKeep(0)).toBe(8);
  });

  it('count a block that is told twice as often as it is dropped', () => {
    const needs = new StreamNeeds(GRACE);
    needs.need([1]);
    needs.need([1]);
    needs.drop([1]);
    expect(needs.firstToKeep(0)).toBe(1);
    needs.drop([1]);
    needs.drop([1]);
    expect(needs.firstToKeep(0)).toBe(2);
  });

  it('take bounded memory for any number of released messages and marks', () => {
    const needs = new StreamNeeds(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 10_000; n += 1) {
      needs.need([n + 1]);
      needs.drop([n + 1]);
      expect(needs.firstToKeep(n)).toBe(n + 2);
    }
    expect(needs.size).toBe(0);
  });
});

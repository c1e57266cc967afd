import { describe, expect, it } from 'vitest';
import { gapBehind, stateOf, type StreamState, writtenBefore } from './stream-state.ts';

/** A stream of 9 entries, 1-0 to 9-0, of which the first ones are gone. */
const trimmedTo = (first: number): StreamState => ({
  length: 10 - first,
  written: 9,
  first: first > 9 ? undefined : `${first}-0`,
  last: '9-0',
});
const at = (number: number) => ({ id: `${number}-0`, written: number });

describe('the gap behind a place', () => {
  it('is none while the entry of the place is there, or an older one', () => {
    expect(gapBehind({ id: '6-0', written: undefined }, trimmedTo(6))).toBeUndefined();
    expect(gapBehind(at(7), trimmedTo(6))).toBeUndefined();
  });

  it('is none when exactly the entries up to the place are gone', () => {
    expect(gapBehind(at(5), trimmedTo(6))).toBeUndefined();
    expect(gapBehind(at(9), trimmedTo(10))).toBeUndefined();
  });

  it('is told when more entries are gone', () => {
    expect(gapBehind(at(3), trimmedTo(6))).toEqual({
      reason: '2 entries behind were removed before they were read',
      isShorter: false,
    });
    expect(gapBehind(at(8), trimmedTo(10))?.reason).toContain('1 entries');
  });

  it('is assumed when the number of the entry is unknown', () => {
    expect(gapBehind({ id: '5-0', written: undefined }, trimmedTo(6))?.reason).toContain('does not tell');
    const { written: _, ...old } = trimmedTo(6);
    expect(gapBehind(at(5), { ...old, written: undefined })?.reason).toContain('does not tell');
  });

  it('is told when the stream was made anew', () => {
    expect(gapBehind(at(12), trimmedTo(1))).toMatchObject({ isShorter: true });
    const anew = { length: 2, written: 2, first: '20-0', last: '21-0' };
    expect(gapBehind(at(9), anew)).toMatchObject({
      isShorter: false,
      reason: expect.stringContaining('anew'),
    });
  });
});

describe('the number of the entry at an id', () => {
  it('is known at both ends of the stream', () => {
    expect(writtenBefore('0-0', trimmedTo(6))).toBe(5);
    expect(writtenBefore('5-5', trimmedTo(6))).toBe(5);
    expect(writtenBefore('9-0', trimmedTo(6))).toBe(9);
    expect(writtenBefore('7-0', trimmedTo(6))).toBeUndefined();
    expect(writtenBefore('0-0', trimmedTo(10))).toBeUndefined();
  });
});

describe('the state of a stream', () => {
  it('is read from names and values', () => {
    const bytes = (text: string) => Buffer.from(text);
    const counts = [bytes('length'), 1, bytes('last-generated-id'), bytes('9-0')];
    const first = [bytes('first-entry'), [bytes('9-0'), [bytes('a'), bytes('b')]]];
    const answer = [...counts, bytes('entries-added'), 9, ...first];
    expect(stateOf(answer)).toEqual({ length: 1, written: 9, first: '9-0', last: '9-0' });
    const empty = [...counts, bytes('first-entry'), null];
    expect(stateOf(empty)).toEqual({ length: 1, written: undefined, first: undefined, last: '9-0' });
  });
});

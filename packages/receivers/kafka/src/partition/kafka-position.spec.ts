import { describe, expect, it } from 'vitest';
import { keptPosition, offsetsOf } from './kafka-position.ts';

const at = (offset: number, first = 0, topicId = 'a') => ({ offset, run: { topicId, first } });

describe('offsetsOf', () => {
  it('begins behind the position before, within one run', () => {
    expect(offsetsOf({ from: at(99), to: at(180) })).toEqual({ topicId: 'a', first: 100, last: 180 });
  });

  it('begins with the run at the start of a stream, behind a gap and in a new topic', () => {
    expect(offsetsOf({ to: at(99, 40) })).toEqual({ topicId: 'a', first: 40, last: 99 });
    expect(offsetsOf({ from: at(180), to: at(560, 500) })).toEqual({ topicId: 'a', first: 500, last: 560 });
    expect(offsetsOf({ from: at(180), to: at(3, 0, 'b') })).toEqual({ topicId: 'b', first: 0, last: 3 });
  });
});

describe('keptPosition', () => {
  it.each([
    undefined,
    null,
    7,
    '7',
    {},
    { offset: 7 },
    { offset: -1, run: at(0).run },
    { offset: 1, run: { first: 0 } },
  ])('refuses %j', (value) => {
    expect(() => keptPosition(value)).toThrow(expect.objectContaining({ code: 'MR_KAFKA_POSITION_UNKNOWN' }));
  });

  it('takes a position as the engine keeps it', () => {
    expect(keptPosition(structuredClone(at(3, 1)))).toEqual(at(3, 1));
  });
});

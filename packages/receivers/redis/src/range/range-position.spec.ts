import { describe, expect, it } from 'vitest';
import { entriesBetween, keptPosition, type RedisPosition } from './range-position.ts';

const position = (id: string, count: number, run = { behind: '0-0', number: 0 }): RedisPosition => ({
  id,
  count,
  written: null,
  run,
});

describe('a range between positions', () => {
  it('has the entries behind the first position', () => {
    expect(entriesBetween({ from: position('5-0', 5), to: position('8-0', 8) })).toEqual({
      behind: '5-0',
      to: '8-0',
      count: 3,
    });
  });

  it('has the entries since the beginning of its run otherwise', () => {
    const run = { behind: '7-0', number: 1 };
    const whole = { behind: '7-0', to: '9-0', count: 2 };
    expect(entriesBetween({ to: position('9-0', 2, run) })).toEqual(whole);
    expect(entriesBetween({ from: position('5-0', 5), to: position('9-0', 2, run) })).toEqual(whole);
  });
});

describe('a position', () => {
  it.each([null, 5, {}, { id: '5-0' }, { ...position('5', 1) }, { ...position('5-0', -1) }])(
    'is not %j',
    (value) => {
      expect(() => keptPosition(value)).toThrow('position');
    },
  );
});

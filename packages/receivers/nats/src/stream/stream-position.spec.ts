import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { keptPosition, sequencesOf } from './stream-position.ts';

const RUN = { created: '2026-01-01T00:00:00Z', first: 1 };
const LATER = { created: '2026-01-01T00:00:00Z', first: 500 };

describe('a range of a stream', () => {
  it.each([
    ['the first one', undefined, { sequence: 99, run: RUN }, [1, 99]],
    ['one behind another', { sequence: 99, run: RUN }, { sequence: 180, run: RUN }, [100, 180]],
    ['one behind a gap', { sequence: 180, run: RUN }, { sequence: 560, run: LATER }, [500, 560]],
    [
      'one of a stream that was made anew',
      { sequence: 180, run: RUN },
      { sequence: 3, run: { ...RUN, created: 'later' } },
      [1, 3],
    ],
  ])('is known: %s', (_, from, to, [first, last]) => {
    expect(sequencesOf({ from, to })).toEqual({ created: to.run.created, first, last });
  });

  it.each([undefined, 7, {}, { sequence: 0, run: RUN }, { sequence: 1 }, { sequence: 1, run: { first: 1 } }])(
    'is refused for a position of another receiver: %j',
    (position) => {
      let error: unknown;
      try {
        keptPosition(position);
      } catch (thrown) {
        error = thrown;
      }
      expect(isMillraceError(error, 'MR_NATS_POSITION_UNKNOWN')).toBe(true);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { MillraceError } from '../errors/millrace-error.ts';
import { ManualClock } from '../time/manual-clock.ts';
import { MalformedReaction } from './malformed-reaction.ts';
import { MalformedValue } from './value-decoder.ts';

const WRONG = new MalformedValue('expected JSON');

function reacting(reaction: 'stop' | 'skip') {
  const clock = new ManualClock();
  const told: { readonly how: string; readonly message: string; readonly error: unknown }[] = [];
  const malformed = new MalformedReaction({
    context: {
      clock,
      stop: (message, error) => void told.push({ how: 'stop', message, error }),
      reportError: (message, error) => void told.push({ how: 'report', message, error }),
    },
    reaction,
    errorOf: (message, details) =>
      new MillraceError('MR_X', message, { disposition: 'skip-record', details }),
  });
  return { clock, told, malformed };
}

describe('MalformedReaction', () => {
  it('ends the receiver, and names the place', () => {
    const { told, malformed } = reacting('stop');
    expect(malformed.leaveOut(WRONG, 'a message of "t"', { topic: 't' })).toBe(false);
    const message = 'expected JSON in a message of "t"; set onMalformed to skip to leave such messages out';
    expect(told).toMatchObject([{ how: 'stop', message, error: { code: 'MR_X', details: { topic: 't' } } }]);
  });

  it('reports what is left out in sums', async () => {
    const { clock, told, malformed } = reacting('skip');
    for (const place of ['one', 'two', 'three']) expect(malformed.leaveOut(WRONG, place)).toBe(true);
    await clock.advance(1_000);
    malformed.leaveOut(WRONG, 'four');
    malformed.end();
    expect(told.map(({ message }) => message)).toEqual([
      'left out 1 malformed messages, 1 since the start; the last: expected JSON in one',
      'left out 2 malformed messages, 3 since the start; the last: expected JSON in three',
      'left out 1 malformed messages, 4 since the start; the last: expected JSON in four',
    ]);
    expect(told.at(-1)).toMatchObject({ how: 'report', error: { details: { skipped: 1, totalSkipped: 4 } } });
  });
});

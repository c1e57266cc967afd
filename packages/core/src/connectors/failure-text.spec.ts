import { describe, expect, it } from 'vitest';
import { failureText } from './failure-text.ts';

describe('failureText', () => {
  it('has the messages of causes and collected errors, each once', () => {
    const refused = new Error('connect ECONNREFUSED');
    const both = new AggregateError([refused, new Error('Timed out.', { cause: refused })], 'no server.');
    expect(failureText(new Error('could not start', { cause: both }))).toBe(
      'could not start: no server: connect ECONNREFUSED: Timed out',
    );
  });

  it('has no secret, no data beside the message and no control character', () => {
    const error = Object.assign(new Error('refused hunter2 at kafka://ann:pw@host\n\x1b[31m'), {
      response: { records: ['private'] },
      password: 'hunter2',
    });
    expect(failureText(error, ['hunter2', undefined])).toBe(
      'refused [redacted] at kafka://[redacted]@host\\n\\x1b[31m',
    );
  });

  it('is bounded, for circles too, and never throws', () => {
    const circle = new Error('x'.repeat(5_000));
    circle.cause = circle;
    expect(failureText(circle).length).toBeLessThanOrEqual(1_024);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(failureText(proxy)).not.toBe('');
  });
});

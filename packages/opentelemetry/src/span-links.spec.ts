import { describe, expect, it } from 'vitest';
import { traceparent } from '../test/batch-events.ts';
import { SpanLinks } from './span-links.ts';

describe('SpanLinks', () => {
  it('takes each trace and span once', () => {
    const links = new SpanLinks(10);
    const sources = [traceparent(1), 'none', traceparent(1), traceparent(1, 2), traceparent(2)];
    expect(links.takeAll(sources).map(({ context }) => [context.traceId, context.spanId])).toEqual([
      [expect.stringMatching(/1$/), expect.stringMatching(/1$/)],
      [expect.stringMatching(/1$/), expect.stringMatching(/2$/)],
      [expect.stringMatching(/2$/), expect.stringMatching(/1$/)],
    ]);
  });

  it('reads no further than there is room for links', () => {
    const links = new SpanLinks(2);
    let read = 0;
    const endless = function* () {
      for (;;) yield traceparent((read += 1));
    };
    expect(links.takeAll(endless())).toHaveLength(2);
    expect(read).toBe(2);
    expect(links.take(traceparent(99))).toBeUndefined();
    expect(links.takeAll(endless())).toEqual([]);
    expect(read).toBe(2);
  });

  it('looks at ten times as many headers as there is room for', () => {
    const links = new SpanLinks(2);
    let read = 0;
    const same = function* () {
      for (;;) {
        read += 1;
        yield traceparent(1);
      }
    };
    expect(links.takeAll(same())).toHaveLength(1);
    expect(read).toBe(20);
    expect(links.hasRoom).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { Handover, handoverOf } from './handover.ts';

describe('Handover', () => {
  it('gives each message once', () => {
    const handover = new Handover();
    handover.leave({ acknowledged: ['a'], open: ['b'] }, 1_000);
    expect(handover.take(1_100, 500)).toEqual({ acknowledged: ['a'], open: ['b'] });
    expect(handover.take(1_100, 500)).toEqual({ acknowledged: [], open: [] });
  });

  it('forgets open messages that the server has sent again, and never an acknowledgement', () => {
    const handover = new Handover();
    handover.leave({ acknowledged: ['a'], open: ['b'] }, 1_000);
    handover.leave({ acknowledged: ['c'], open: ['d'] }, 2_000);
    expect(handover.take(2_500, 500)).toEqual({ acknowledged: ['a', 'c'], open: [] });
  });

  it('is one for each options object', () => {
    const options = {};
    expect(handoverOf(options)).toBe(handoverOf(options));
    expect(handoverOf({})).not.toBe(handoverOf(options));
  });
});

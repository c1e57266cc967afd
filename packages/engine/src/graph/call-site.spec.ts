// The line of a call, also in programs that format stacks in their own way.
import { afterEach, describe, expect, it } from 'vitest';
import { callSite } from './call-site.ts';

const { prepareStackTrace } = Error;

describe('the place of a call', () => {
  afterEach(() => void (Error.prepareStackTrace = prepareStackTrace));

  it('is file, line and column', () => {
    expect(callSite()).toMatch(/call-site\.spec\.ts:\d+:\d+$/);
  });

  it.each([
    ['are lists', (_error: Error, sites: NodeJS.CallSite[]) => sites],
    [
      'fail',
      () => {
        throw new TypeError('no stacks here');
      },
    ],
  ])('is unknown when the stacks of a program %s', (_name, format) => {
    Error.prepareStackTrace = format;
    const place = callSite();
    Error.prepareStackTrace = prepareStackTrace;
    expect(place).toBeUndefined();
  });
});

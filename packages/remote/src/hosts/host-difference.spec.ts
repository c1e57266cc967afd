import { describe, expect, it } from 'vitest';
import { hostDifference } from './host-difference.ts';

const program = { digest: 'd1', versions: { wire: 1, millrace: '0.1.0', node: 'v24.4.0' } };

describe('hostDifference', () => {
  it('accepts the same program on the same versions, with another minor version of Node.js', () => {
    const host = { host: 'h', digest: 'd1', versions: { ...program.versions, node: 'v24.9.1' } };
    expect(hostDifference(program, host)).toBeUndefined();
  });

  it('lists both sides of every difference', () => {
    const versions = { wire: 2, millrace: '0.2.0', node: 'v22.18.0' };
    expect(hostDifference(program, { host: 'h', digest: 'd2', versions })).toMatchObject({
      code: 'MR_REMOTE_HOST_DIFFERS',
      message: expect.stringContaining(
        'wire: driver 1, host 2; @millrace/core: driver 0.1.0, host 0.2.0; ' +
          'the major version of Node.js: driver v24, host v22; the digest of the program: driver d1, host d2',
      ),
      details: { host: 'h', driver: program, found: { versions, digest: 'd2' } },
    });
  });
});

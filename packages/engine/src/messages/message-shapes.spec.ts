import { isMillraceError } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertMessageToDriver, assertMessageToExecutor } from './message-shapes.ts';

const START = { epoch: 3, streamId: 0, attemptId: 'a' };

function refusal(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('messages to an executor', () => {
  it('are accepted when the shape is valid', () => {
    expect(() => assertMessageToExecutor('StartReceiver', START)).not.toThrow();
    expect(() =>
      assertMessageToExecutor('StartReceiver', { ...START, rateLimit: 5, added: 'later' }),
    ).not.toThrow();
    expect(() => assertMessageToExecutor('ReadGauges', { epoch: 0 })).not.toThrow();
    expect(() => assertMessageToExecutor('Forget', { epoch: 0, blockIds: [], rddIds: [] })).not.toThrow();
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'AddBlock'])(
    'of the kind %s are refused',
    (kind) => {
      expect(refusal(() => assertMessageToExecutor(kind, START))).toMatchObject({
        code: 'MR_EXECUTOR_MESSAGE_INVALID',
      });
    },
  );

  it.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, '3', null, undefined, 2 ** 60])(
    'with the epoch %s are refused',
    (epoch) => {
      expect(refusal(() => assertMessageToExecutor('StartReceiver', { ...START, epoch }))).toMatchObject({
        code: 'MR_EXECUTOR_MESSAGE_INVALID',
        details: { kind: 'StartReceiver', field: 'epoch' },
      });
    },
  );

  it.each([
    ['StartReceiver', { ...START, rateLimit: Number.NaN }],
    ['StartReceiver', { ...START, attemptId: 'x'.repeat(100_000) }],
    ['UpdateRateLimit', { epoch: 1, streamId: 0, recordsPerSecond: 0 }],
    ['RunTask', { epoch: 1, task: null, attempt: 0, inputs: [] }],
    ['RunTask', { epoch: 1, task: {}, attempt: 0, inputs: { length: 5 } }],
    ['FetchBuckets', { epoch: 1, shuffleId: 's', partition: 0, mapPartitions: 'all' }],
    ['FetchBlock', { epoch: 1, block: [] }],
    ['ReadGauges', {}],
  ])('%s is refused as %j', (kind, request) => {
    expect(
      isMillraceError(
        refusal(() => assertMessageToExecutor(kind, request)),
        'MR_EXECUTOR_MESSAGE_INVALID',
      ),
    ).toBe(true);
  });
});

describe('a list without a bound', () => {
  it('is refused', () => {
    const request = { epoch: 1, shuffleId: 's', partition: 0, mapPartitions: new Array(2 ** 31) };
    expect(isMillraceError(refusal(() => assertMessageToExecutor('FetchBuckets', request)))).toBe(true);
  });
});

describe('messages to a driver', () => {
  it('are accepted when the shape is valid', () => {
    const request = { streamId: 0, attemptId: 'a', run: 1, message: 'm', reason: 'final', recordsLeft: 0 };
    expect(() => assertMessageToDriver('DeregisterReceiver', request)).not.toThrow();
    expect(
      isMillraceError(
        refusal(() => assertMessageToDriver('DeregisterReceiver', { ...request, reason: 'odd' })),
      ),
    ).toBe(true);
  });
});

describe('any value', () => {
  it('is accepted or refused with the code', () => {
    const kinds = fc.oneof(
      fc.string(),
      fc.constantFrom('StartReceiver', 'RunTask', 'AddBlock', 'ReportError', '__proto__'),
    );
    fc.assert(
      fc.property(kinds, fc.anything(), (kind, request) => {
        for (const check of [assertMessageToExecutor, assertMessageToDriver]) {
          const error = refusal(() => check(kind, request));
          expect(error === undefined || isMillraceError(error, 'MR_EXECUTOR_MESSAGE_INVALID')).toBe(true);
        }
      }),
    );
  });
});

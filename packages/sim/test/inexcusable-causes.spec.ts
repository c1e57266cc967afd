import { coreError } from '@millrace/core';
import { expect, it } from 'vitest';
import { inexcusableCause } from '../src/inexcusable-causes.ts';

it('is found behind other errors', () => {
  const own = new TypeError('nothing of nothing');
  expect(
    inexcusableCause(new Error('batch failed', { cause: new Error('task failed', { cause: own }) })),
  ).toBe('TypeError: nothing of nothing');
});

it('excludes failures of users, disks and networks', () => {
  const unreachable = coreError('MR_EXECUTOR_UNREACHABLE', 'no executor there');
  expect(inexcusableCause(new Error('the sink did not answer', { cause: unreachable }))).toBeUndefined();
  expect(inexcusableCause('no error at all')).toBeUndefined();
});

import { coreError, MillraceError } from '@millrace/core';
import { expect, it } from 'vitest';
import { type EndingProcess, exitAsReplaced, isReplaced } from './replaced-driver.ts';

it.each([
  [coreError('MR_LEASE_LOST', 'lost'), true],
  [coreError('MR_WAL_FENCED', 'fenced'), true],
  [coreError('MR_CHECKPOINT_FENCED', 'fenced'), true],
  [new MillraceError('MR_REMOTE_STALE_DRIVER', 'stale', { disposition: 'stop-engine' }), true],
  [coreError('MR_STORAGE_DENIED', 'denied'), false],
  [undefined, false],
])('%s says that another driver has taken over: %s', (error, expected) => {
  expect(isReplaced(error)).toBe(expected);
});

it.each([
  [1, 75],
  [0, undefined],
  [3, undefined],
])('replaces the exit code %s by %s', (code, expected) => {
  const listeners: ((code: number) => void)[] = [];
  const process: EndingProcess = { once: (_event, listener) => listeners.push(listener) };
  exitAsReplaced(process);
  for (const listener of listeners) listener(code);
  expect(process.exitCode).toBe(expected);
});

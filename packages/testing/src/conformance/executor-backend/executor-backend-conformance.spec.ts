import { describe, expect, it } from 'vitest';
import { HANGING_MS, numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { type BackendBug, modelBackend } from '../../../test/model-backend.ts';
import { EXECUTOR_BACKEND_KIT } from './executor-backend-conformance.ts';
import type { ExecutorBackendSubject } from './executor-backend-target.ts';

const BUGS: Readonly<Record<string, BackendBug>> = {
  'BACKEND-1.1': 'adds an executor twice',
  'BACKEND-2.1': 'announces executors before readiness',
  'BACKEND-3.1': 'does not notice a death',
  'BACKEND-7.1': 'sends all to the first',
  'BACKEND-7.2': 'loses the code of an error',
  'BACKEND-8.1': 'never rejects asks of unknown executors',
  'BACKEND-8.2': 'forgets pending requests',
  'BACKEND-9.1': 'hands over no driver',
  'BACKEND-12.1': 'gives two the same id',
  'BACKEND-13.1': 'closes nothing',
  'BACKEND-13.2': 'cannot stop without a start',
  'BACKEND-17.1': 'takes any program',
  'BACKEND-18.1': 'connects too late',
  'BACKEND-19.1': 'ignores the requested number',
  'BACKEND-20.1': 'replaces under the same id',
  'BACKEND-21.1': 'counts running executors only',
  'BACKEND-22.1': 'reports retirement late',
  'BACKEND-23.1': 'answers between tasks only',
};

/** Defects that let an ask wait for ever. */
const HANGING = new Set<BackendBug>([
  'never rejects asks of unknown executors',
  'forgets pending requests',
  'answers between tasks only',
]);

const subjectWith = (bug?: BackendBug): ExecutorBackendSubject => ({
  capabilities: { executors: 3 },
  create: (served) => modelBackend(served, bug),
  ...(bug !== undefined && HANGING.has(bug) && { timeoutMs: HANGING_MS }),
});

describe('the kit of executor backends', () => {
  it('passes a correct backend', async () => {
    expect(await problemsOf(EXECUTOR_BACKEND_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken backend for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(EXECUTOR_BACKEND_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a backend that %s', async (number, bug) => {
    expect(await outcomeOf(EXECUTOR_BACKEND_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});

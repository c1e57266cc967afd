import { describe, expect, it } from 'vitest';
import { HANGING_MS, numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { type LogBug, modelLog } from '../../../test/model-log.ts';
import { WRITE_AHEAD_LOG_KIT } from './write-ahead-log-conformance.ts';
import type { WriteAheadLogSubject } from './write-ahead-log-target.ts';

const subjectWith = (bug?: LogBug, takesOver = false): WriteAheadLogSubject => ({
  capabilities: { durability: 'machine', takesOver },
  create: () => modelLog(bug, takesOver),
});

const BUGS: Readonly<Record<string, LogBug>> = {
  'LOG-1.1': 'acknowledges before appending',
  'LOG-1.2': 'never syncs',
  'LOG-1.3': 'keeps refused writes',
  'LOG-2.1': 'forgets a large waiter',
  'LOG-2.2': 'fails writes that wait long',
  'LOG-4.1': 'drops entries without room',
  'LOG-5.1': 'takes writes after close',
  'LOG-6.1': 'goes on after a failed sync',
  'LOG-7.1': 'reads by position of the last life',
  'LOG-7.2': 'reads without a checksum',
  'LOG-8.1': 'rounds times',
  'LOG-8.2': 'recovers in another order',
  'LOG-9.1': 'recovers a torn entry',
  'LOG-10.1': 'recovers past damage',
  'LOG-11.1': 'has handles of one process',
  'LOG-12.1': 'cleans by the oldest',
  'LOG-12.2': 'cleans the newest',
  'LOG-13.1': 'closes at once',
  'LOG-13.2': 'closes twice',
  'LOG-14.1': 'opens with a stale entry',
  'LOG-14.2': 'opens twice',
  'LOG-14.3': 'stays locked',
  'LOG-14.4': 'has one log for all names',
  'LOG-14.5': 'takes writes after a takeover',
  'LOG-15.1': 'reorders concurrent writes',
  'LOG-19.1': 'reads any format',
  'LOG-19.2': 'changes refused directories',
  'LOG-20.1': 'accepts files of other logs',
  'LOG-20.2': 'accepts older copies of files',
  'LOG-21.1': 'counts no errors',
  'LOG-23.1': 'tells of no waiting writes',
};

describe('the kit of write-ahead logs', () => {
  it('passes a correct log that is locked', async () => {
    expect(await problemsOf(WRITE_AHEAD_LOG_KIT, subjectWith())).toEqual([
      'not-applicable LOG-14.5: open is refused while the log is open elsewhere',
    ]);
  });

  it('passes a correct log that is taken over', async () => {
    expect(await problemsOf(WRITE_AHEAD_LOG_KIT, subjectWith(undefined, true))).toEqual([
      'not-applicable LOG-14.2: open takes the log over',
    ]);
  });

  it('has a broken log for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(WRITE_AHEAD_LOG_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a log that %s', async (number, bug) => {
    const subject = subjectWith(bug, number === 'LOG-14.5');
    const bound = bug === 'forgets a large waiter' ? { timeoutMs: HANGING_MS } : {};
    expect(await outcomeOf(WRITE_AHEAD_LOG_KIT, number, { ...subject, ...bound })).toBe(`failed ${number}`);
  });
});

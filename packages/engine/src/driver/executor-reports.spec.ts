import { ManualClock, type StreamingEvents } from '@millrace/core';
import type { ExecutorScaling } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { ExecutorReports } from './executor-reports.ts';

function setUp() {
  const published: [keyof StreamingEvents, unknown][] = [];
  const reports = new ExecutorReports({
    clock: new ManualClock(5),
    publish: (event, value) => void published.push([event, Object.values(value)[0]]),
  });
  const add = (executorId: string) => reports.onExecutorAdded({ executorId, host: 'h', cores: 2 });
  return { reports, published, add };
}

describe('ExecutorReports', () => {
  it('counts the live executors, and describes a lost one', () => {
    const { reports, published, add } = setUp();
    add('one');
    add('two');
    reports.onExecutorLost('one', 'crashed');
    const common = { host: 'h', cores: 2, timeMs: 5 };
    expect(published).toEqual([
      ['executor:added', { executorId: 'one', ...common, executorCount: 1 }],
      ['executor:added', { executorId: 'two', ...common, executorCount: 2 }],
      ['executor:lost', { executorId: 'one', ...common, executorCount: 1, reason: 'crashed' }],
    ]);
  });

  it('reports an executor once, and no unknown one', () => {
    const { reports, published, add } = setUp();
    add('one');
    reports.onExecutorLost('other', 'never there');
    reports.onExecutorLost('one', 'gone');
    reports.onExecutorLost('one', 'gone');
    expect(published.map(([event]) => event)).toEqual(['executor:added', 'executor:lost']);
  });

  it('marks an executor that is lost inside retire, and no later loss', () => {
    const { reports, published, add } = setUp();
    const scaling: ExecutorScaling = {
      wanted: 2,
      maxUseful: 4,
      add: () => undefined,
      retire: async (executorId) => reports.onExecutorLost(executorId, 'retired'),
    };
    add('one');
    add('two');
    void reports.watched(scaling).retire('one');
    reports.onExecutorLost('two', 'crashed');
    expect(published.slice(2)).toMatchObject([
      ['executor:lost', { executorId: 'one', isRetired: true }],
      ['executor:lost', { executorId: 'two', reason: 'crashed' }],
    ]);
    expect(published[3]?.[1]).not.toHaveProperty('isRetired');
  });
});

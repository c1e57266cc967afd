import { describe, expect, it } from 'vitest';
import { anyEngineState, NOW_MS } from '../../../test/engine-states.ts';
import { statusLines } from '../status/status-lines.ts';
import { clusterLines } from './cluster-lines.ts';

const LEASE = { state: 'in-charge', sinceMs: NOW_MS - 720_000, epoch: 3, isCertain: true } as const;
const HOST = { name: 'a', state: 'alive', executors: 2, slots: 4, runningTasks: 1, receivers: 1 } as const;
const LOST = {
  name: 'b',
  state: 'lost',
  executors: 0,
  slots: 0,
  runningTasks: 0,
  receivers: 0,
  lost: { reason: 'no beat', timeMs: NOW_MS - 12_000 },
} as const;

describe('the lines about a cluster', () => {
  it('are absent without a cluster', () => {
    expect(clusterLines(anyEngineState())).toEqual([]);
  });

  it('tell the lease of the driver in charge, in doubt, and of a driver that stands by', () => {
    const lines = (lease: Parameters<typeof clusterLines>[0]['lease']) =>
      clusterLines({ timeMs: NOW_MS, ...(lease === undefined ? {} : { lease }) });
    expect(lines(LEASE)).toEqual(['lease: in charge for 12 min, epoch 3, certain']);
    expect(lines({ ...LEASE, isCertain: false })).toEqual([
      'lease: in charge for 12 min, epoch 3, not certain: no job begins',
    ]);
    expect(lines({ state: 'standby', sinceMs: NOW_MS - 720_000, holder: 'host-1' })).toEqual([
      'lease: standing by for 12 min, in charge: host-1',
    ]);
  });

  it('count hosts, executors and slots, name lost hosts, and are lines of `status`', () => {
    const state = anyEngineState({ lease: LEASE, hosts: [HOST, { ...HOST, name: 'c' }, LOST] });
    const line = clusterLines(state)[1] ?? '';
    expect(line).toMatch(/^cluster: 2 hosts, 4 executors, 2 of 8 slots busy; b was lost 12\.?0* s ago$/);
    expect(statusLines(state, 200)).toEqual(expect.arrayContaining([...clusterLines(state)]));
  });
});

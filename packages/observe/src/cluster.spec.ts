// The lease and the hosts of a cluster, as the observer of a driver shows them.
import type { ExecutorInfo } from '@millrace/core/observation';
import { describe, expect, it } from 'vitest';
import { anyExecutorReading, START_MS, VirtualEngine } from '../test/virtual-engine.ts';
import { LostHosts } from './counters/lost-hosts.ts';

function anyExecutor(
  executorId: string,
  host: string,
  differences: Partial<ExecutorInfo> = {},
): ExecutorInfo {
  return { executorId, host, cores: 2, timeMs: START_MS, executorCount: 1, ...differences };
}

const onHost = (executorId: string, host: string, ageMs?: number) =>
  anyExecutorReading({
    executorId,
    host,
    cores: 2,
    runningTasks: 1,
    ...(ageMs === undefined ? {} : { ageMs }),
  });

describe('the state of an engine', () => {
  it('has no field of a cluster without a cluster', () => {
    const engine = new VirtualEngine();
    engine.read({ executors: [onHost('one', 'a')] });
    const state = engine.observer.state();
    expect(state).not.toHaveProperty('lease');
    expect(state).not.toHaveProperty('hosts');
    expect(engine.observer.prometheus()).not.toMatch(/^millrace_(lease|host)_\w+(\{| )/m);
  });

  it('has the lease of the reading', () => {
    const engine = new VirtualEngine();
    const lease = { state: 'in-charge', sinceMs: START_MS, epoch: 3, isCertain: false } as const;
    engine.read({ lease });
    const state = engine.observer.state();
    expect(state.lease).toEqual(lease);
    expect(state.verdict).toMatchObject({ rule: 'lease-uncertain', level: 'warning' });
    const text = engine.observer.prometheus();
    for (const line of ['millrace_lease_held 1', 'millrace_lease_certain 0', 'millrace_lease_epoch 3'])
      expect(text).toContain(`\n${line}\n`);
  });

  it('sums the executors of each host, and keeps a lost host until an executor runs there again', async () => {
    const engine = new VirtualEngine();
    const { observer } = engine;
    observer.onEvent('executor:added', { executor: anyExecutor('one', 'a') });
    observer.onEvent('executor:added', { executor: anyExecutor('two', 'a') });
    observer.onEvent('executor:added', { executor: anyExecutor('three', 'b') });
    const onA = [onHost('one', 'a', 700), onHost('two', 'a', 300)];
    engine.read({ spansHosts: true, executors: [...onA, onHost('three', 'b')] });
    const a = {
      name: 'a',
      state: 'alive',
      executors: 2,
      slots: 4,
      runningTasks: 2,
      receivers: 0,
      answerAgeMs: 300,
    };
    const b = { name: 'b', state: 'alive', executors: 1, slots: 2, runningTasks: 1, receivers: 0 };
    expect(observer.state().hosts).toEqual([a, b]);
    const executor = anyExecutor('three', 'b', { reason: 'no beat for 5 s', executorCount: 2 });
    observer.onEvent('executor:lost', { executor });
    engine.read({ spansHosts: true, executors: onA });
    await engine.clock.advance(1_000);
    const { hosts, verdict } = observer.state();
    expect(hosts?.[1]).toMatchObject({
      name: 'b',
      state: 'lost',
      executors: 0,
      lost: { reason: 'no beat for 5 s', timeMs: START_MS },
    });
    expect([verdict.rule, verdict.others.map(({ rule }) => rule)]).toEqual(['host-lost', []]);
    expect(engine.observer.prometheus()).toContain('\nmillrace_host_losses_total 1\n');
    observer.onEvent('executor:added', { executor: anyExecutor('four', 'b') });
    engine.read({ spansHosts: true, executors: [...onA, onHost('four', 'b')] });
    await engine.clock.advance(1_000);
    expect(observer.state().hosts?.map(({ state }) => state)).toEqual(['alive', 'alive']);
  });
});

describe('LostHosts', () => {
  it('takes no retirement, and no host on which an executor is left, for a loss', () => {
    const hosts = new LostHosts();
    for (const id of ['one', 'two']) hosts.takeAdded(anyExecutor(id, 'a'));
    hosts.takeLost(anyExecutor('one', 'a', { reason: 'crashed' }), 0);
    hosts.takeLost(anyExecutor('two', 'a', { isRetired: true }), 0);
    expect([hosts.count, hosts.all()]).toEqual([0, []]);
  });

  it('remembers the newest 20', () => {
    const hosts = new LostHosts();
    for (let index = 0; index < 30; index += 1) {
      hosts.takeAdded(anyExecutor('one', `host-${index}`));
      hosts.takeLost(anyExecutor('one', `host-${index}`), index);
    }
    expect(hosts.count).toBe(30);
    expect(hosts.all().map(({ host }) => host)).toEqual(
      Array.from({ length: 20 }, (_, index) => `host-${index + 10}`),
    );
  });
});

import { getEventListeners } from 'node:events';
import { ManualClock, type ExecutorDescription } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { executorsNamed } from '../../test/rdd-cluster.ts';
import { TaskSlots, type SlotRequest } from './task-slots.ts';

const request = (fields: Partial<SlotRequest> = {}): SlotRequest => ({
  preferred: [],
  failedOn: [],
  signal: new AbortController().signal,
  ...fields,
});

function setUp(initially: readonly ExecutorDescription[]) {
  const state = { alive: initially };
  const granted: string[] = [];
  const slots = new TaskSlots(() => state.alive);
  const ask = async (name: string, fields?: Partial<SlotRequest>) => {
    const executorId = await slots.acquire(request(fields));
    granted.push(`${name}@${executorId}`);
  };
  return { state, granted, slots, ask };
}

const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

describe('TaskSlots', () => {
  it('takes the least loaded executor, and uses no more than its cores', async () => {
    const { granted, slots, ask } = setUp([
      { executorId: 'one', host: 'h', cores: 2 },
      { executorId: 'two', host: 'h', cores: 1 },
    ]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void ask(name);
    await settle();
    expect(granted).toEqual(['a@one', 'b@two', 'c@one']);
    slots.release('two');
    slots.release('one');
    await settle();
    expect(granted.slice(3)).toEqual(['d@two', 'e@one']);
  });

  it('waits for a preferred executor while it lives, letting other tasks pass', async () => {
    const { state, granted, slots, ask } = setUp(executorsNamed('one', 'two'));
    const preferred = ['one'];
    await ask('a', { preferred });
    void ask('b', { preferred });
    void ask('c');
    await settle();
    expect(granted).toEqual(['a@one', 'c@two']);
    state.alive = executorsNamed('two');
    slots.release('two');
    await settle();
    expect(granted).toEqual(['a@one', 'c@two', 'b@two']);
  });

  it('avoids executors of earlier failures before it prefers data', async () => {
    const { granted, ask } = setUp(executorsNamed('one', 'two'));
    await ask('a', { preferred: ['one'], failedOn: ['one'] });
    await ask('b', { failedOn: ['one', 'two', 'two'] });
    expect(granted).toEqual(['a@two', 'b@one']);
  });

  it('ends waiting with the job, or with the last executor', async () => {
    const { state, slots, ask } = setUp(executorsNamed('one'));
    await ask('a');
    const over = new AbortController();
    const cancelled = slots.acquire(request({ signal: over.signal }));
    const stranded = slots.acquire(request());
    over.abort(new Error('over'));
    await expect(cancelled).rejects.toThrow('over');
    state.alive = [];
    slots.release('one');
    await expect(stranded).rejects.toMatchObject({ code: 'MR_RDD_NO_EXECUTOR' });
  });

  it('waits for an executor when none is alive, up to its patience', async () => {
    const clock = new ManualClock();
    let alive: readonly ExecutorDescription[] = [];
    const slots = new TaskSlots(() => alive, { clock, waitMs: 1_000 });
    const served = slots.acquire(request());
    await clock.advance(900);
    alive = executorsNamed('one');
    slots.executorsChanged();
    expect(await served).toBe('one');
    expect(clock.pendingTimers).toBe(0);

    alive = [];
    const refused = slots.acquire(request()).catch((error: unknown) => error);
    await clock.advance(1_000);
    expect(await refused).toMatchObject({ code: 'MR_RDD_NO_EXECUTOR' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('serves tasks of earlier batches first, retried ones as well', async () => {
    const { granted, slots, ask } = setUp(executorsNamed('one'));
    await ask('a', { rank: 1_000 });
    for (const [name, rank] of [
      ['b', 3_000],
      ['c', 2_000],
      ['d', 3_000],
      ['e', 1_000],
    ] as const)
      void ask(name, { rank });
    for (let turn = 0; turn < 4; turn += 1) {
      slots.release('one');
      await settle();
    }
    expect(granted.map((grant) => grant[0])).toEqual(['a', 'e', 'c', 'b', 'd']);
  });

  it('lets a task travel after a long wait for its data, unless its state is there', async () => {
    const clock = new ManualClock();
    const granted: string[] = [];
    const patience = { clock, waitMs: 60_000, localityWaitMs: 3_000 };
    const slots = new TaskSlots(() => executorsNamed('one', 'two'), patience);
    const ask = async (name: string, fields: Partial<SlotRequest>) =>
      void granted.push(`${name}@${await slots.acquire(request({ preferred: ['one'], ...fields }))}`);
    await ask('a', {});
    void ask('b', {});
    void ask('state', { stays: true });
    await clock.advance(2_999);
    expect(granted).toEqual(['a@one']);
    await clock.advance(1);
    expect(granted).toEqual(['a@one', 'b@two']);
    slots.release('one');
    await clock.advance(0);
    expect(granted).toEqual(['a@one', 'b@two', 'state@one']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves no timer when no task waits any more', async () => {
    const clock = new ManualClock();
    const over = new AbortController();
    const slots = new TaskSlots(() => [], { clock, waitMs: 1_000 });
    const waiting = slots.acquire(request({ signal: over.signal })).catch((error: unknown) => error);
    over.abort(new Error('over'));
    expect(await waiting).toMatchObject({ message: 'over' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves no timer and no listener of a task that got its executor', async () => {
    const clock = new ManualClock();
    const patience = { clock, waitMs: 1_000, localityWaitMs: 500 };
    const slots = new TaskSlots(() => executorsNamed('one', 'two'), patience);
    const { signal } = new AbortController();
    const preferred = ['one'];
    const tasks = ['a', 'b', 'c'].map(() => slots.acquire(request({ preferred, signal })));
    await settle();
    expect([clock.pendingTimers, getEventListeners(signal, 'abort').length, slots.waitingCount]).toEqual([
      2, 1, 3,
    ]);
    for (let release = 0; release < 3; release += 1) {
      slots.release('one');
      await settle();
    }
    expect(await Promise.all(tasks)).toEqual(['one', 'one', 'one']);
    expect([clock.pendingTimers, getEventListeners(signal, 'abort').length, slots.waitingCount]).toEqual([
      0, 0, 0,
    ]);
    expect([slots.runningCount, slots.isIdle('one')]).toEqual([0, true]);
  });

  it('serves waiting tasks when an executor comes', async () => {
    const { state, granted, slots, ask } = setUp(executorsNamed('one'));
    await ask('a');
    void ask('b');
    await settle();
    expect(granted).toEqual(['a@one']);
    state.alive = executorsNamed('one', 'two');
    slots.executorsChanged();
    await settle();
    expect(granted).toEqual(['a@one', 'b@two']);
  });
});

import { describe, expect, it } from 'vitest';
import { isMillraceError } from '../errors/millrace-error.ts';
import { EventLoop, type EventLoopOptions } from './event-loop.ts';

/** Lets everything that can go on by itself go on. */
async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

function setUp(options: Partial<EventLoopOptions<string>> = {}) {
  const handled: string[] = [];
  const errors: [unknown, string | undefined][] = [];
  const loop = new EventLoop<string>({
    name: 'test',
    handle: (event) => {
      handled.push(event);
    },
    onError: (error, event) => errors.push([error, event]),
    ...options,
  });
  return { loop, handled, errors };
}

describe('EventLoop', () => {
  it('handles events in the order of posting, never inside post', async () => {
    const { loop, handled } = setUp();
    loop.post('before the start');
    loop.start();
    loop.post('after');
    expect(handled).toEqual([]);
    await turns();
    expect(handled).toEqual(['before the start', 'after']);
  });

  it('awaits one handler before the next event', async () => {
    const steps: string[] = [];
    const { loop } = setUp({
      handle: async (event) => {
        steps.push(`${event} begins`);
        await turns();
        steps.push(`${event} ends`);
      },
    });
    loop.start();
    loop.post('a');
    loop.post('b');
    await loop.stop({ drain: true });
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('handles what is posted in the very moment the queue runs empty', async () => {
    const { loop, handled } = setUp();
    loop.start();
    for (let i = 0; i < 20; i += 1) {
      loop.post(`event ${i}`);
      for (let step = 0; step < i; step += 1) await undefined;
    }
    await turns();
    expect(handled).toHaveLength(20);
  });

  it('lets input and output have a turn during long runs', async () => {
    const { loop, handled } = setUp();
    loop.start();
    for (let i = 0; i < 1_000; i += 1) loop.post(`event ${i}`);
    await turns(1);
    expect(handled.length).toBeLessThan(1_000);
    await turns(10);
    expect(handled).toHaveLength(1_000);
  });

  it('refuses events beyond its bound and reports them', async () => {
    const { loop, handled, errors } = setUp({ maxQueued: 2 });
    expect([loop.post('a'), loop.post('b'), loop.post('c')]).toEqual([true, true, false]);
    expect(errors).toHaveLength(1);
    expect(isMillraceError(errors[0]?.[0], 'MR_EVENT_LOOP_FULL')).toBe(true);
    expect(errors[0]?.[1]).toBe('c');
    loop.start();
    await turns();
    expect(handled).toEqual(['a', 'b']);
    expect(loop.post('d')).toBe(true);
  });

  it('reports what handlers throw and goes on', async () => {
    const { loop, handled, errors } = setUp({
      handle: (event) => {
        if (event === 'bad') throw new Error('no');
        return event === 'worse' ? Promise.reject(new Error('never')) : void handled.push(event);
      },
    });
    loop.start();
    for (const event of ['bad', 'worse', 'good']) loop.post(event);
    await turns();
    expect(errors.map(([error, event]) => [(error as Error).message, event])).toEqual([
      ['no', 'bad'],
      ['never', 'worse'],
    ]);
    expect(handled).toEqual(['good']);
  });

  it('handles what waits before a draining stop ends, and takes no more', async () => {
    const { loop, handled } = setUp();
    loop.start();
    loop.post('a');
    loop.post('b');
    const stopped = loop.stop({ drain: true });
    expect(loop.post('c')).toBe(false);
    await stopped;
    expect(handled).toEqual(['a', 'b']);
    expect(loop.queued).toBe(0);
  });

  it('forgets what waits when it does not drain', async () => {
    const { loop, handled } = setUp({
      handle: async (event) => {
        await turns(1);
        handled.push(event);
      },
    });
    loop.start();
    for (const event of ['a', 'b', 'c']) loop.post(event);
    await Promise.resolve();
    await loop.stop({ drain: false });
    expect(handled).toEqual(['a']);
    expect(loop.queued).toBe(0);
  });

  it('cuts a draining stop short when stopped without draining', async () => {
    const { loop, handled } = setUp({
      handle: async (event) => {
        await turns(1);
        handled.push(event);
      },
    });
    loop.start();
    for (const event of ['a', 'b', 'c']) loop.post(event);
    const draining = loop.stop({ drain: true });
    await turns(1);
    await loop.stop({ drain: false });
    await draining;
    expect(handled.length).toBeLessThan(3);
  });

  it('stops without having been started, and stays stopped', async () => {
    const { loop, handled } = setUp();
    loop.post('a');
    await loop.stop({ drain: true });
    expect(() => loop.start()).toThrow(TypeError);
    expect(loop.post('b')).toBe(false);
    expect(handled).toEqual([]);
  });

  it('needs room for at least one event', () => {
    expect(() => setUp({ maxQueued: 0 })).toThrow(TypeError);
  });
});

import { describe, expect, it } from 'vitest';
import { SerialQueue } from './serial-queue.ts';

describe('SerialQueue', () => {
  it('runs one task at a time, in order', async () => {
    const queue = new SerialQueue();
    const steps: string[] = [];
    const task = (name: string) => async () => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([queue.run(task('a')), queue.run(task('b'))])).toEqual(['a', 'b']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('never runs a task inside the call that adds it', async () => {
    const queue = new SerialQueue();
    let hasRun = false;
    const done = queue.run(() => {
      hasRun = true;
    });
    expect(hasRun).toBe(false);
    expect(queue.length).toBe(1);
    await done;
    expect(hasRun).toBe(true);
  });

  it('continues after a failed task', async () => {
    const queue = new SerialQueue();
    const failed = queue.run(() => {
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await queue.run(() => 'next')).toBe('next');
    expect(queue.length).toBe(0);
  });
});

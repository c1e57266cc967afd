import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { Producers } from './producers.ts';

function producers(max: number) {
  const log: string[] = [];
  let made = 0;
  const make = (name: string) => {
    const producer = `${name}${(made += 1)}`;
    log.push(`make ${producer}`);
    return { producer, close: async () => void log.push(`close ${producer}`) };
  };
  return { log, all: new Producers(make, max) };
}

describe('Producers', () => {
  it('keep a producer for its name, and close the one that was idle longest', async () => {
    const { log, all } = producers(2);
    const use = (name: string) => all.use(name, async ({ producer }) => producer);
    expect([await use('a'), await use('b'), await use('a'), await use('c'), await use('a')]).toEqual(['a1', 'b2', 'a1', 'c3', 'a1']); // prettier-ignore
    expect(log).toEqual(['make a1', 'make b2', 'make c3', 'close b2']);
    await all.close();
    expect(log.slice(4).toSorted()).toEqual(['close a1', 'close c3']);
  });

  it('close a producer whose write has failed', async () => {
    const { log, all } = producers(2);
    await expect(all.use('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await all.use('a', async ({ producer }) => producer)).toBe('a2');
    expect(log).toEqual(['make a1', 'close a1', 'make a2']);
  });

  it('close a producer in use at the end of its write', async () => {
    const { log, all } = producers(2);
    const write = Promise.withResolvers<void>();
    const used = all.use('a', () => write.promise);
    await all.close();
    expect(log).toEqual(['make a1']);
    write.resolve();
    await used;
    expect(log).toEqual(['make a1', 'close a1']);
  });

  it('let writes wait for their name and for a place', async () => {
    const { all } = producers(2);
    const ends: (() => void)[] = [];
    const began: string[] = [];
    const use = (name: string) =>
      all.use(name, ({ producer }) => {
        began.push(producer);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const writes = ['a', 'a', 'b', 'c'].map(use);
    await settle();
    expect(began).toEqual(['a1', 'b2']);
    ends[0]?.();
    await settle();
    expect(began).toEqual(['a1', 'b2', 'a1']);
    ends[1]?.();
    await settle();
    expect(began).toEqual(['a1', 'b2', 'a1', 'c3']);
    for (const end of ends) end();
    await Promise.all(writes);
  });
});

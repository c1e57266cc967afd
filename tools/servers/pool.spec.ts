import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { Pool } from './pool.ts';

describe('Pool', () => {
  it('lends each item to one user at a time, in the order of asking', async () => {
    const pool = new Pool(['one', 'two']);
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
    const lent: string[] = [];
    const users = ends.map(({ promise }, user) =>
      pool.lend(async (item) => {
        lent.push(`${user} has ${item}`);
        await promise;
      }),
    );
    await settle();
    expect(lent).toEqual(['0 has two', '1 has one']);
    ends[1]?.resolve();
    await settle();
    expect(lent).toEqual(['0 has two', '1 has one', '2 has one']);
    for (const { resolve } of ends) resolve();
    await Promise.all(users);
    expect(lent).toHaveLength(4);
  });

  it('lends an item again after a failure', async () => {
    const pool = new Pool([1]);
    await expect(pool.lend(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await pool.lend((item) => Promise.resolve(item))).toBe(1);
  });
});

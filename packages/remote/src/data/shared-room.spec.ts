import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { SharedRoom } from './shared-room.ts';

const never = new AbortController().signal;

describe('SharedRoom', () => {
  it('gives an amount in the order of requests, and never more than its maximum', async () => {
    const room = new SharedRoom(10);
    const order: string[] = [];
    const take = async (name: string, amount: number) => {
      const release = await room.take(amount, never);
      order.push(name);
      return release;
    };
    const one = await take('one', 6);
    const two = take('two', 6);
    const three = take('three', 1);
    await settle();
    expect([order, room.held, room.waiting]).toEqual([['one'], 6, 2]);
    one();
    one();
    await settle();
    expect([order, room.held, room.waiting]).toEqual([['one', 'two', 'three'], 7, 0]);
    (await two)();
    (await three)();
    expect(room.held).toBe(0);
  });

  it('gives an amount above its maximum alone', async () => {
    const room = new SharedRoom(10);
    const small = await room.take(1, never);
    const large = room.take(50, never);
    await settle();
    expect(room.held).toBe(1);
    small();
    (await large)();
    expect(room.held).toBe(0);
  });

  it('lets the next transfer in when the one before gives up', async () => {
    const room = new SharedRoom(10);
    const first = await room.take(5, never);
    const leaving = new AbortController();
    const large = room.take(10, leaving.signal);
    const small = room.take(5, never);
    leaving.abort(new Error('left'));
    await expect(large).rejects.toThrow('left');
    (await small)();
    first();
    expect([room.held, room.waiting]).toEqual([0, 0]);
    await expect(room.take(1, leaving.signal)).rejects.toThrow('left');
    expect(room.held).toBe(0);
  });
});

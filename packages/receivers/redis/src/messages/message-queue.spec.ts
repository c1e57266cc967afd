import { describe, expect, it } from 'vitest';
import { MessageQueue } from './message-queue.ts';

const message = (record: number, bytes = 1) => ({ record, bytes });

describe('a queue of messages', () => {
  it('keeps the order, and drops the newest above its bounds', () => {
    const queue = new MessageQueue({ maxMessages: 3, maxBytes: 10 });
    expect([1, 2, 3, 4].map((record) => queue.add(message(record)))).toEqual([true, true, true, false]);
    expect([queue.take()?.record, queue.add(message(5, 9)), queue.add(message(6, 8))]).toEqual([
      1,
      false,
      true,
    ]);
    expect([queue.take(), queue.take(), queue.take(), queue.take()].map((one) => one?.record)).toEqual([
      2,
      3,
      6,
      undefined,
    ]);
    expect([queue.size, queue.dropped]).toEqual([0, 2]);
  });

  it('stays in order over many messages', () => {
    const queue = new MessageQueue({ maxMessages: 10, maxBytes: 100 });
    const taken: unknown[] = [];
    for (let record = 0; record < 100; record += 1) {
      queue.add(message(record));
      if (record % 3 > 0) taken.push(queue.take()?.record);
      if (record % 10 === 9)
        for (let one = queue.take(); one !== undefined; one = queue.take()) taken.push(one.record);
    }
    expect(taken).toEqual(Array.from({ length: 100 }, (_, record) => record));
    expect(queue.dropped).toBe(0);
  });
});

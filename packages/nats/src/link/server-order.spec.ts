import { ManualClock, SeededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { serverOrder, type ServerOrderDeps } from './server-order.ts';

const THREE = ['10.0.0.1:4222', '10.0.0.2:4222', '10.0.0.3:4222'];

function machine(seed: number, ...own: readonly string[]): ServerOrderDeps {
  return {
    clock: new ManualClock(),
    random: new SeededRandom(seed),
    ownAddresses: () => own,
    addressesOf: async (host) => [host],
  };
}

const ordersOf = (...own: readonly string[]) =>
  Promise.all(Array.from({ length: 60 }, (_, seed) => serverOrder(THREE, machine(seed, ...own))));

describe('the order of servers', () => {
  it('begins with the server on this machine', async () => {
    const orders = await ordersOf('10.0.0.2');
    expect(new Set(orders.map(([first]) => first))).toEqual(new Set(['10.0.0.2:4222']));
    expect(new Set(orders.map(([, second]) => second))).toEqual(new Set(['10.0.0.1:4222', '10.0.0.3:4222']));
    for (const order of orders) expect(order.toSorted()).toEqual(THREE);
  });

  it.each([[[]], [['10.0.0.1', '10.0.0.2', '10.0.0.3']]])(
    'is drawn where no server, or every server, is on this machine',
    async (own) => {
      const orders = await ordersOf(...own);
      for (const place of [0, 1, 2]) expect(new Set(orders.map((order) => order[place])).size).toBe(3);
    },
  );

  it('is drawn after a second without addresses', async () => {
    const { clock, ...others } = machine(1, '10.0.0.2');
    const manual = clock as ManualClock;
    const asked = serverOrder(THREE, { ...others, clock, addressesOf: () => new Promise(() => undefined) });
    await manual.advance(1_000);
    expect((await asked).toSorted()).toEqual(THREE);
  });
});

import { describe, expect, it } from 'vitest';
import { deliveryOf } from './delivery.ts';

const FACTS = {
  deliveries: 2,
  sequence: 17,
  consumerSequence: 21,
  timestampMs: 1_700_000_000_123,
  pending: 5,
};

describe('deliveryOf', () => {
  it.each([
    ['short', '$JS.ACK.orders.billing.2.17.21.1700000000123456789.5'],
    ['long', '$JS.ACK._.hash.orders.billing.2.17.21.1700000000123456789.5'],
    ['long with a random end', '$JS.ACK.hub.hash.orders.billing.2.17.21.1700000000123456789.5.x9'],
  ])('reads the %s form', (_, reply) => {
    expect(deliveryOf(reply)).toEqual(FACTS);
  });

  it.each(['', '_INBOX.abc.1', 'a.b.c.d.e.f.g.h.i', '$JS.ACK.orders.billing'])('refuses %j', (reply) => {
    expect(() => deliveryOf(reply)).toThrow('expected a message of JetStream');
  });
});

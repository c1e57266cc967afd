import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../requests/exchange.ts';
import type { HttpConnection } from './http-connection.ts';
import { type ConnectionBounds, Connections } from './connections.ts';

const BOUNDS: ConnectionBounds = {
  maxConnections: 10,
  maxConnectionsPerAddress: 10,
  firstRequestTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  headersTimeoutMs: 60_000,
};

let ports = 0;

/** A socket that reports its end at once. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort = (ports += 1);
  readonly bytesRead = 0;
  readonly writable = true;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

/** Connections within these bounds, whose requests the test begins and ends. */
function connectionsWith(bounds: Partial<ConnectionBounds>) {
  const clock = new ManualClock();
  let refusals = 0;
  const parts = { clock, bounds: { ...BOUNDS, ...bounds }, onRefused: () => void (refusals += 1) };
  const connections = new Connections(parts);
  const open = (address = '10.0.0.1') => {
    const socket = new FakeSocket(address);
    connections.accept(socket as unknown as Socket);
    return socket;
  };
  const connectionOf = (socket: FakeSocket) => connections.of(socket as unknown as Socket) as HttpConnection;
  /** Begins a request. Returns a function that ends the request. */
  const begin = (socket: FakeSocket) => {
    const exchange = { request: { complete: true } } as Exchange;
    const connection = connectionOf(socket);
    connections.use(connection);
    connection.begin(exchange);
    return () => connection.end(exchange);
  };
  const refuse = (socket: FakeSocket) => {
    begin(socket);
    connections.refuse(connectionOf(socket));
  };
  return { clock, connections, open, begin, refuse, refusals: () => refusals };
}

describe('Connections at a bound', () => {
  it('closes unused connections first, then refused ones, then idle ones, and no busy one', () => {
    const { open, begin, refuse, refusals } = connectionsWith({ maxConnections: 4 });
    const [idle, refused, busy, unused] = [open(), open(), open(), open()];
    begin(idle)();
    refuse(refused);
    begin(busy);
    const closed = () => [unused, refused, idle, busy].map(({ destroyed }) => destroyed);
    begin(open());
    expect(closed()).toEqual([true, false, false, false]);
    begin(open());
    expect(closed()).toEqual([true, true, false, false]);
    begin(open());
    expect(closed()).toEqual([true, true, true, false]);
    expect([open().destroyed, busy.destroyed, refusals()]).toEqual([true, false, 4]);
  });

  it('keeps a refused connection with another request under way', () => {
    const { open, begin, refuse } = connectionsWith({ maxConnections: 1 });
    const ahead = open();
    begin(ahead);
    refuse(ahead);
    expect([open().destroyed, ahead.destroyed]).toEqual([true, false]);
  });

  it('closes a connection of the same address, however long other connections are at rest', () => {
    const { open } = connectionsWith({ maxConnectionsPerAddress: 1 });
    const other = open('10.0.0.2');
    const first = open('10.0.0.1');
    expect(open('10.0.0.1').destroyed).toBe(false);
    expect([first.destroyed, other.destroyed]).toEqual([true, false]);
  });

  it('gains room for each closed connection, and leaves no timer at the end', async () => {
    const { clock, open, begin } = connectionsWith({ maxConnections: 2, maxConnectionsPerAddress: 2 });
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [open(), open()];
      begin(one);
      begin(two);
      expect([one.destroyed, two.destroyed, open().destroyed]).toEqual([false, false, true]);
      one.destroy();
      two.destroy();
    }
    expect(clock.pendingTimers).toBe(0);
  });
});

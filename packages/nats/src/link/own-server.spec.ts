import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ownServerName, type OwnServerDeps } from './own-server.ts';

const THREE = ['n1:4222', '10.0.0.2:4222', '[fd00::3]:4223'];
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  n1: ['10.0.0.1'],
  '10.0.0.2': ['10.0.0.2'],
  'fd00::3': ['fd00::3'],
};

function machine(...own: readonly string[]): OwnServerDeps {
  return {
    clock: new ManualClock(),
    ownAddresses: () => ['127.0.0.1', ...own],
    addressesOf: async (host) => {
      const found = ADDRESSES[host];
      if (found === undefined) throw new Error('unknown host');
      return found;
    },
    greetingOf: async ({ host, port }) => `INFO {"server_name":"server ${host} ${port}","port":1} \r`,
  };
}

describe('the server on this machine', () => {
  it.each([
    ['10.0.0.1', 'server n1 4222'],
    ['10.0.0.2', 'server 10.0.0.2 4222'],
    ['fd00::3', 'server fd00::3 4223'],
    ['10.0.0.9', undefined],
  ])('of the machine %s is %s', async (own, name) => {
    expect(await ownServerName(THREE, machine(own))).toBe(name);
  });

  it('is none where all servers, or two of them, are on this machine', async () => {
    expect(await ownServerName(['n1:4222'], machine('10.0.0.1'))).toBeUndefined();
    expect(await ownServerName(THREE, machine('10.0.0.1', '10.0.0.2'))).toBeUndefined();
  });

  it('has no name while a host is unknown or the server says something else or nothing', async () => {
    expect(await ownServerName(['gone:4222', 'n1:4222'], machine('10.0.0.1'))).toBe('server n1 4222');
    for (const words of ['', 'INFO', 'INFO {}', 'INFO [', 'HTTP/1.1 400'])
      expect(
        await ownServerName(THREE, { ...machine('10.0.0.1'), greetingOf: async () => words }),
      ).toBeUndefined();
    const silent = machine('10.0.0.1');
    const clock = new ManualClock();
    const asked = ownServerName(THREE, {
      ...silent,
      clock,
      greetingOf: (_place, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    await clock.advance(2_000);
    expect(await asked).toBeUndefined();
  });
});

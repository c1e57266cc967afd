// Ports of loopback, beside the ports that Linux gives to outgoing connections.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, TcpProxy } from '../src/index.ts';

const RANGE = '/proc/sys/net/ipv4/ip_local_port_range';

/** The lowest port that the system gives to an outgoing connection. */
function lowestOutgoingPort(): number {
  return process.platform === 'linux' ? Number(readFileSync(RANGE, 'utf8').split(/\s+/)[0]) : 32_768;
}

describe('freePort', () => {
  it('gives ports that a server can listen on, and that no outgoing connection gets', async () => {
    for (let tries = 0; tries < 20; tries += 1) {
      const port = await freePort();
      expect(port).toBeGreaterThan(1_023);
      expect(port).toBeLessThan(lowestOutgoingPort());
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
    }
  });
});

describe('TcpProxy', () => {
  it('listens on a port that no outgoing connection gets while the proxy is unreachable', async () => {
    const proxy = await TcpProxy.start({ port: 1 });
    onTestFinished(() => proxy.close());
    expect(proxy.port).toBeLessThan(lowestOutgoingPort());
  });
});

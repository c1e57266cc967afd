// The receiver under hostile clients, in a process with a small heap. Held memory stays within twice maxBytesInFlight and
// 32 MiB. Every request gets the right answer. A record answered 200 is stored once, and no other record is stored.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SeededRandom } from '@millrace/core';
import { afterEach, describe, expect, it } from 'vitest';
import { HostileClient, tinyChunks } from '../test/hostile-client.ts';
import type { HostMessage } from '../test/hostile-host.ts';
import { posted, RawClient } from '../test/raw-client.ts';
import type { HttpRecordsInput } from './index.ts';

const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;
const HELD_BYTES_MAX = 2 * BYTES_IN_FLIGHT + 32 * MIB;
const OPTIONS: HttpRecordsInput = {
  port: 0,
  healthPort: 0,
  healthPath: '/healthz',
  maxBytesInFlight: BYTES_IN_FLIGHT,
  maxBodyBytes: MIB,
  maxConnections: 600,
  maxConnectionsPerAddress: 600,
  storeWaitMs: 60_000,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
};
/** Bounds the test when other programs use the processor. */
const TIMEOUT_MS = 60_000;

const NODE_FLAGS = ['--conditions=millrace:source', '--expose-gc', '--max-old-space-size=128'];

let host: ChildProcess | undefined;

afterEach(async () => {
  if (host?.exitCode !== null) return;
  host.kill();
  await once(host, 'exit');
});

async function startHost() {
  const program = join(import.meta.dirname, '..', 'test', 'hostile-host.ts');
  const child = fork(program, [JSON.stringify(OPTIONS)], { execArgv: NODE_FLAGS, serialization: 'advanced' });
  host = child;
  const died = Promise.withResolvers<never>();
  let heard = Promise.withResolvers<HostMessage>();
  died.promise.catch(() => undefined);
  child.once('exit', () => died.reject(new Error('expected the receiver to live')));
  child.on('message', (message: HostMessage) => heard.resolve(message));
  const next = async <K extends HostMessage['kind']>(kind: K): Promise<Extract<HostMessage, { kind: K }>> => {
    const message = await Promise.race([heard.promise, died.promise]);
    heard = Promise.withResolvers();
    expect(message.kind).toBe(kind);
    return message as Extract<HostMessage, { kind: K }>;
  };
  const { port, healthUrl } = await next('listening');
  return {
    port,
    healthUrl,
    tell: (message: 'hold' | 'go') => child.send(message),
    heldBytes: async () => {
      child.send('measure');
      return (await next('held')).bytes;
    },
    stored: async () => {
      child.send('stored');
      return new Map((await next('stored')).counts);
    },
  };
}

/** Resolves when the receiver reports that the engine requests a wait. */
async function untilLimited(healthUrl: string): Promise<void> {
  let state = '';
  while (state !== 'limited') {
    const answer = await fetch(healthUrl);
    ({ state } = (await answer.json()) as { readonly state: string });
  }
}

/** Opens connections that each send these bytes, all of which are read, and wait. */
async function holdOpen(port: number, count: number, bytes: string | Uint8Array): Promise<RawClient[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const client = await RawClient.connect(port);
      await new Promise((resolve) => client.socket.write(bytes, resolve));
      return client;
    }),
  );
}

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

/** The bytes sent, the number of connections that then wait for each other, and the engine's acceptance meanwhile. */
const HELD_OPEN: readonly (readonly [name: string, count: number, bytes: string, does?: 'hold' | 'go'])[] = [
  // One by one, the chunks would take a hundred times their size: 80 MiB.
  [
    'bodies in chunks of one byte',
    40,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n${tinyChunks('x'.repeat(20_000))}`,
  ],
  ['bodies that are not finished', 80, `${HEAD}Content-Length: ${MIB}\r\n\r\n${'x'.repeat(200_000)}`],
  ['heads that are not finished', 100, `${HEAD}X: ${'x'.repeat(8_000)}`],
  ['parsed JSON that waits to be stored', 60, posted(`[[${'{},'.repeat(10_000)}{}]]`), 'hold'],
  ['requests sent ahead that wait to be stored', 20, posted('[1]').repeat(200), 'hold'],
  ['nothing', 300, ''],
];

describe('the receiver with hostile clients', () => {
  it('holds no more memory than allowed, for any open connections', { timeout: TIMEOUT_MS }, async () => {
    const { port, healthUrl, tell, heldBytes } = await startHost();
    const before = await heldBytes();
    for (const [name, count, bytes, does = 'go'] of HELD_OPEN) {
      tell(does);
      const clients = await holdOpen(port, count, bytes);
      if (does === 'hold') await untilLimited(healthUrl);
      for (let look = 0; look < 2; look += 1) {
        expect([name, (await heldBytes()) - before < HELD_BYTES_MAX]).toEqual([name, true]);
      }
      tell('go');
      for (const { socket } of clients) socket.resetAndDestroy();
      await Promise.all(clients.map(({ closed }) => closed));
    }
    const after = await RawClient.connect(port);
    after.send(posted('[2]', { headers: ['Connection: close'] }));
    expect(await after.closed).toContain('{"accepted":1}');
    expect((await heldBytes()) - before).toBeLessThan(32 * MIB);
  });

  it.each([1, 2])('gives every client the right answer: seed %i', { timeout: TIMEOUT_MS }, async (seed) => {
    const { port, heldBytes, stored } = await startHost();
    const client = new HostileClient(port, new SeededRandom(seed));
    const before = await heldBytes();
    for (let round = 0; round < 10; round += 1) {
      const problems = await Promise.all(Array.from({ length: 6 }, () => client.misbehave()));
      expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    }
    expect((await heldBytes()) - before).toBeLessThan(32 * MIB);
    const counts = await stored();
    expect([...client.accepted].filter((id) => counts.get(id) !== 1)).toEqual([]);
    const isSent = (id: number) => client.accepted.has(id) || client.abandoned.has(id);
    expect([...counts.keys()].filter((id) => !isSent(id))).toEqual([]);
  });
});

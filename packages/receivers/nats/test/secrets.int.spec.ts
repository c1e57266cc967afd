// Connections with TLS and a password, and texts that must not repeat the password.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { jetstreamRecords, jetstreamStream, type NatsConnectionInput, natsSubject } from '../src/index.ts';
import type { NatsServer } from './nats-server.ts';
import { withNats } from './with-nats.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../tools/servers/kafka/localhost.pem',
);

const { itWithNats } = withNats();

async function receivers({ server }: NatsServer, stream: string, options: NatsConnectionInput) {
  const secured = {
    host: 'localhost',
    port: server.port,
    username: 'ann',
    password: PASSWORD,
    tls: { caFile: CERTIFICATE },
    requestTimeoutMs: 5_000,
    ...options,
  };
  return [
    jetstreamStream({ ...secured, stream }),
    jetstreamRecords({ ...secured, stream, consumer: 'c', create: true }),
    natsSubject({ ...secured, subjects: [`${stream}.a`] }),
  ];
}

const textOf = ({ context, receiver }: RunningReceiver, description: string) => {
  const { errors, restarts, stops, log } = context;
  return inspect([description, receiver, errors, restarts, stops, log.lines], {
    depth: 10,
    showHidden: true,
  });
};

describe('a connection with TLS and a password', () => {
  itWithNats('reads, and shows no password', async (server) => {
    const stream = await server.stream();
    for (const configured of await receivers(server, stream, {})) {
      const running = await RunningReceiver.start(configured);
      await server.write(`${stream}.a`, ['1']);
      await running.has(1);
      expect(running.codes).toEqual([]);
      expect(textOf(running, configured.description)).not.toContain('horse');
      await running.end();
    }
  });

  const WRONG: readonly (readonly [string, NatsConnectionInput, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_NATS_DENIED'],
    ['a user without permissions', { username: 'bob' }, 'MR_NATS_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_NATS_UNREACHABLE'],
    [
      'another name than that of the certificate',
      { tls: { caFile: CERTIFICATE, serverName: 'elsewhere' } },
      'MR_NATS_UNREACHABLE',
    ],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_NATS_FILES_UNUSABLE'],
    ['no server', { port: 1 }, 'MR_NATS_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithNats(`reports ${what}, and repeats no password`, async (server) => {
      const stream = await server.stream();
      for (const configured of await receivers(server, stream, options)) {
        const running = await RunningReceiver.start(configured);
        await expect.poll(() => running.codes[0]).toBe(code);
        expect(textOf(running, configured.description)).not.toContain('horse');
        await running.end();
      }
    });
  }
});

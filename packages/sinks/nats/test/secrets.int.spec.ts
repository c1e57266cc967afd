// Connections with TLS and a password, and texts that must not repeat the password.
import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import type { NatsSinkInput } from '../src/index.ts';
import { openSink, write } from './opened-sinks.ts';
import { CERTIFICATE, type TargetServer } from './target-server.ts';
import { withTarget } from './with-target.ts';

const PASSWORD = 'correct horse battery';

const { itWithNats } = withTarget();

async function open(target: TargetServer, options: Partial<NatsSinkInput>) {
  const stream = await target.stream();
  const secured = { host: 'localhost', username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };
  return { sink: await openSink<string>(target, { stream, ...secured, ...options }), stream };
}

describe('a connection with TLS and a password', () => {
  itWithNats('writes, and shows no password', async (target) => {
    const { sink, stream } = await open(target, {});
    await sink.write(['a'], write());
    expect((await target.messages(stream)).map(({ text }) => text)).toEqual(['"a"']);
    expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
  });

  const WRONG: readonly (readonly [string, Partial<NatsSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_NATS_DENIED'],
    ['a user without permissions', { username: 'bob' }, 'MR_SINK_NATS_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_NATS_UNREACHABLE'],
    [
      'another name than that of the certificate',
      { tls: { caFile: CERTIFICATE, serverName: 'elsewhere' } },
      'MR_SINK_NATS_UNREACHABLE',
    ],
    [
      'another address than that of the certificate',
      { host: '127.0.0.2', tls: { caFile: CERTIFICATE } },
      'MR_SINK_NATS_UNREACHABLE',
    ],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_NATS_FILES_UNUSABLE'],
    ['no server', { port: 1 }, 'MR_SINK_NATS_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithNats(`reports ${what}, and repeats no password`, async (target) => {
      const failure: unknown = await open(target, { requestTimeoutMs: 5_000, ...options }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }
});

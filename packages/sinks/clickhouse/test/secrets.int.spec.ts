// Connections with TLS and a password, and texts that must not repeat the password.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished } from 'vitest';
import { clickhouseSink, type ClickhouseSinkInput } from '../src/index.ts';
import { withClickhouse } from './with-clickhouse.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));

const { itWithClickhouse, server } = withClickhouse();

/** TLS in front of the server. */
async function tlsPort(): Promise<number> {
  const pem = readFileSync(CERTIFICATE);
  const front = createServer({ key: pem, cert: pem }, (socket) => {
    const behind = connect(server().port, '127.0.0.1');
    for (const end of [socket, behind]) end.on('error', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  front.on('tlsClientError', () => undefined);
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  onTestFinished(() => void front.close());
  return (front.address() as AddressInfo).port;
}

async function open(options: Partial<ClickhouseSinkInput>) {
  const database = await server().database();
  const port = await tlsPort();
  const place =
    options.url === undefined
      ? { host: 'localhost', port, database: database.name }
      : { url: options.url.replace('PORT', `${port}`).replace('DATABASE', database.name) };
  const sink = clickhouseSink<object>({ table: 't', columns: ['a'], create: true, ...options, ...place });
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return { sink, database };
}

describe('a connection with TLS and a password', () => {
  itWithClickhouse('writes, by single options and by a URL', async () => {
    const tls = { caFile: CERTIFICATE };
    const url = `https://ann:${encodeURIComponent(PASSWORD)}@localhost:PORT/DATABASE`;
    for (const options of [
      { username: 'ann', password: PASSWORD, tls },
      { url, tls },
    ]) {
      const { sink, database } = await open(options);
      await sink.write([{ a: 'x' }], {
        application: 'a',
        batchTime: 1,
        outputOperation: 0,
        partition: 0,
        partitions: 1,
      });
      expect(await database.run('SELECT a FROM {db}.t')).toEqual([{ a: 'x' }]);
      expect(inspect(sink, { depth: 10, showHidden: true })).not.toContain('horse');
    }
  });

  const WRONG: readonly (readonly [string, Partial<ClickhouseSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_CLICKHOUSE_DENIED'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_CLICKHOUSE_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_CLICKHOUSE_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_SINK_CLICKHOUSE_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithClickhouse(`reports ${what}, and repeats no password`, async () => {
      const right = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };
      const failure: unknown = await open({ ...right, ...options }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }
});

// Connections that are half-closed, broken, unused, idle, or too many. Every wait is for an event.
import { MemoryStorage, settle } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { posted, RawClient } from '../test/raw-client.ts';
import { RunningReceiver } from '../test/running-receiver.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../test/test-certificate.ts';
import { type HttpRecordsInput, httpRecords } from './index.ts';

const TLS = { certFile: '/cert.pem', keyFile: '/key.pem' };
const running: RunningReceiver[] = [];
const clients: RawClient[] = [];

async function start(options: Partial<HttpRecordsInput> = {}): Promise<RunningReceiver> {
  const storage = new MemoryStorage();
  storage.writeFile(TLS.certFile, TEST_CERTIFICATE);
  storage.writeFile(TLS.keyFile, TEST_KEY);
  const receiver = await RunningReceiver.start(httpRecords({ port: 0, ...options }), { storage });
  running.push(receiver);
  return receiver;
}

async function client({ port, isSecure = false }: { port: number; isSecure?: boolean }): Promise<RawClient> {
  const raw = isSecure
    ? await RawClient.connectSecurely(port, TEST_CERTIFICATE)
    : await RawClient.connect(port);
  clients.push(raw);
  return raw;
}

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  for (const receiver of running.splice(0)) {
    await receiver.end();
    expect(receiver.clock.pendingTimers).toBe(0);
  }
});

describe.each([
  ['a plain connection', false],
  ['TLS', true],
])('over %s a client that ends its side', (_, isSecure) => {
  const options = isSecure ? { tls: TLS } : {};

  it('right after its request is answered when its records are safe (REC-1)', async () => {
    const http = await start(options);
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1]'));
    raw.endSending();
    await http.unacknowledged(1);
    await settle();
    await http.acknowledge();
    expect(await raw.closed).toMatch(/^HTTP\/1.1 200 [^]*{"accepted":1}/);
    expect(http.context.records).toEqual([1]);
  });

  it('after pipelined requests gets all answers', async () => {
    const http = await start(options);
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1]') + posted('[2,') + posted('[3]'));
    raw.endSending();
    await http.unacknowledged(2);
    await http.acknowledge();
    await raw.closed;
    expect(raw.statuses).toEqual([200, 400, 200]);
  });

  it('after an answer, on a kept connection, is disconnected', async () => {
    const http = await start(options);
    http.acknowledgeAll();
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1]'));
    await raw.until('accepted');
    raw.endSending();
    await raw.closed;
    expect(raw.statuses).toEqual([200]);
  });

  it('during a body gets an error, and nothing of the body is stored', async () => {
    const http = await start(options);
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1,2]').slice(0, -2));
    raw.endSending();
    expect(await raw.closed).toMatch(/^HTTP\/1.1 400 [^]*MR_HTTP_MALFORMED_REQUEST/);
    expect(http.context.records).toEqual([]);
  });
});

describe('bytes that are no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['headers above 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', posted('[1]', { headers: ['Content-Length: 4'] }), 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a tunnel', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 405],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a target that is none', posted('[1]', { target: 'localhost:80' }), 400],
  ])('are not answered with the answer to the previous request: %s', async (_, bytes, status) => {
    const http = await start();
    const raw = await client(http);
    raw.send(posted('[1]') + bytes);
    await http.unacknowledged(1);
    await settle();
    await http.acknowledge();
    await raw.until(`HTTP/1.1 ${status}`);
    expect(raw.statuses).toEqual([200, status]);
    await http.clock.advance(1_000);
  });

  it('are answered, and the connection is closed a second later even if the client continues', async () => {
    const http = await start();
    const raw = await client(http);
    raw.send('hello\r\n\r\n');
    await raw.until('HTTP/1.1 400');
    raw.send(posted('[1]'));
    await http.timers(1);
    await http.clock.advance(1_000);
    await raw.closed;
    expect(http.context.records).toEqual([]);
  });

  it('do not close the connection while an answer waits for the previous one', async () => {
    const http = await start({ requestTimeoutMs: 10_000 });
    const raw = await client(http);
    raw.send(posted('[1]') + posted('[2') + posted('[3]'));
    await http.unacknowledged(2);
    await settle();
    await http.clock.advance(30_000);
    await http.acknowledge();
    await raw.until('accepted', 2);
    expect(raw.statuses).toEqual([200, 400, 200]);
  });

  it('leave the answer to a request whose body does not arrive in time', async () => {
    const http = await start({ headersTimeoutMs: 60, requestTimeoutMs: 60 });
    const raw = await client(http);
    raw.send(posted('[1]') + posted('[2,3]').slice(0, -1));
    await http.unacknowledged(1);
    await http.acknowledge();
    expect(await raw.closed).toMatch(/^HTTP\/1.1 200 [^]*HTTP\/1.1 408 [^]*MR_HTTP_REQUEST_LATE/);
  });
});

describe.each([
  ['a plain connection', false],
  ['TLS', true],
])('%s without a request', (_, isSecure) => {
  const options = { firstRequestTimeoutMs: 700, idleTimeoutMs: 900, ...(isSecure ? { tls: TLS } : {}) };

  it('is closed in time, without an answer', async () => {
    const http = await start(options);
    const raw = await client({ port: http.port, isSecure });
    await http.timers(1);
    await http.clock.advance(699);
    await settle();
    expect(raw.socket.closed).toBe(false);
    await http.clock.advance(1);
    expect(await raw.closed).toBe('');
  });

  it('is closed in time after the last answer', async () => {
    const http = await start(options);
    http.acknowledgeAll();
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1]'));
    await raw.until('accepted');
    await http.timers(1);
    await http.clock.advance(899);
    raw.send(posted('[2]'));
    await raw.until('accepted', 2);
    await http.timers(1);
    await http.clock.advance(900);
    await raw.closed;
    expect(raw.statuses).toEqual([200, 200]);
  });

  it('is not kept open by empty lines', async () => {
    const http = await start({ ...options, headersTimeoutMs: 400, requestTimeoutMs: 400 });
    http.acknowledgeAll();
    const raw = await client({ port: http.port, isSecure });
    raw.send(posted('[1]'));
    await raw.until('accepted');
    await http.timers(1);
    let turns = 0;
    while (!raw.socket.closed && turns < 20) {
      raw.send('\r\n');
      await settle();
      await http.clock.advance(100);
      turns += 1;
    }
    expect(turns).toBeLessThan(20);
  });
});

describe('at the largest number of connections', () => {
  it('a new connection replaces an unused connection first, then an idle one', async () => {
    const http = await start({ maxConnections: 2 });
    http.acknowledgeAll();
    const idle = await client(http);
    idle.send(posted('[1]'));
    await idle.until('accepted');
    const unused = await client(http);
    const third = await client(http);
    await unused.closed;
    third.send(posted('[2]'));
    await third.until('accepted');
    const fourth = await client(http);
    await idle.closed;
    fourth.send(posted('[3]'));
    await fourth.until('accepted');
    expect(http.context.log.messages('warn')).toContain(
      'connections above maxConnections or maxConnectionsPerAddress were closed',
    );
    await http.clock.advance(1_000);
  });

  it('a new connection replaces one whose only request is refused and still being sent', async () => {
    const http = await start({ maxConnections: 1 });
    http.acknowledgeAll();
    const refused = await client(http);
    refused.send(posted('[1]', { headers: ['Origin: https://evil.example'] }).slice(0, -1));
    await http.timers(1);
    const second = await client(http);
    await refused.closed;
    second.send(posted('[2]'));
    await second.until('accepted');
    expect(http.context.records).toEqual([2]);
    await http.clock.advance(1_000);
  });

  it.each([[{ maxConnections: 1 }], [{ maxConnectionsPerAddress: 1 }]])(
    'a new connection is closed while all others have requests: %j',
    async (options) => {
      const http = await start(options);
      const busy = await client(http);
      busy.send(posted('[1]'));
      await http.unacknowledged(1);
      const second = await client(http);
      expect(await second.closed).toBe('');
      await http.acknowledge();
      await busy.until('accepted');
      await http.clock.advance(1_000);
    },
  );
});

describe('health on a port of its own', () => {
  it('is available although all connections for records are taken, and nothing else is', async () => {
    const http = await start({ maxConnections: 1, healthPort: 0, healthPath: '/healthz' });
    const busy = await client(http);
    busy.send(posted('[1]'));
    await http.unacknowledged(1);
    const url = http.context.log.lines.find(({ fields }) => 'healthUrl' in fields)?.fields['healthUrl'];
    const { port, pathname } = new URL(String(url));
    expect(pathname).toBe('/healthz');
    const asking = await client({ port: Number(port) });
    asking.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await asking.until('{"state":"ok"}');
    asking.send(posted('[2]'));
    await asking.until('MR_HTTP_PATH_UNKNOWN');
    expect(http.context.records).toEqual([1]);
    await http.acknowledge();
    await busy.until('accepted');
  });
});

describe('a web page', () => {
  const page = 'https://app.example.com';

  it('of another origin is refused, for any request', async () => {
    const http = await start({ healthPath: '/healthz', allowedOrigins: [page] });
    for (const origin of ['https://evil.example', 'null', 'https://app.example.com.evil.example', '']) {
      const raw = await client(http);
      raw.send(posted('[1]', { headers: [`Origin: ${origin}`, 'Connection: close'] }));
      expect(await raw.closed).toMatch(/^HTTP\/1.1 403 [^]*MR_HTTP_ORIGIN_REFUSED/);
      expect(raw.received).not.toContain('Access-Control');
    }
    expect(http.context.records).toEqual([]);
  });

  it('of an allowed origin may request permission, send and read', async () => {
    const http = await start({ allowedOrigins: [page] });
    http.acknowledgeAll();
    const raw = await client(http);
    raw.send(
      `OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: ${page}\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    );
    await raw.until('\r\n\r\n');
    expect(raw.received).toMatch(/^HTTP\/1.1 204 [^]*Access-Control-Allow-Methods: POST/);
    raw.send(posted('[1]', { headers: [`Origin: ${page}`] }));
    await raw.until('accepted');
    raw.send(posted('[', { headers: [`Origin: ${page}`] }));
    await raw.until('MR_HTTP_RECORD_MALFORMED');
    expect(raw.received.split(`Access-Control-Allow-Origin: ${page}\r\n`)).toHaveLength(4);
  });

  it('whose host name resolves to this machine is refused', async () => {
    const http = await start();
    const raw = await client(http);
    raw.send(posted('[1]', { headers: ['Connection: close'] }).replace('localhost', 'rebound.example.com'));
    expect(await raw.closed).toMatch(/^HTTP\/1.1 421 [^]*MR_HTTP_HOST_REFUSED/);
  });
});

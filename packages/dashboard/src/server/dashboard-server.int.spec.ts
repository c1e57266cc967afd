// The server by requests, on the loopback interface. Every wait is for an event.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { isMillraceError, SystemClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeSource } from '../../test/fake-source.ts';
import { RunningDashboard } from '../../test/running-dashboard.ts';
import { DashboardLife } from '../dashboard-life.ts';
import { type DashboardInput, dashboardOptions } from '../dashboard.options.ts';
import { type DashboardListening, LISTENING_CHANNEL } from '../listening-channel.ts';

const TOKEN = 'let-me-in-let-me-in';
const NASTY = ['<img src=x onerror=alert(1)>', '\u001B[31mred\u0000\u202Eturned', 'n'.repeat(10_000)];

const running: RunningDashboard[] = [];
const servers: Server[] = [];

async function start(options: DashboardInput = {}, source = new FakeSource()): Promise<RunningDashboard> {
  const dashboard = await RunningDashboard.start(source, options);
  running.push(dashboard);
  return dashboard;
}

async function take(port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const dashboard of running.splice(0)) {
    await dashboard.close();
    expect(dashboard.clock.pendingTimers).toBe(0);
  }
  for (const server of servers.splice(0)) server.close();
});

describe('paths', () => {
  it('give the page with a strict policy, its script and its style', async () => {
    const dashboard = await start();
    const page = await dashboard.get('/');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    const policy = String(page.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    expect(page.headers).not.toHaveProperty('access-control-allow-origin');
    expect(page.body).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect((await dashboard.get('/page.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await dashboard.get('/page.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('give the files of the page packed, and once', async () => {
    const dashboard = await start();
    const { headers } = await dashboard.get('/page.js', { 'Accept-Encoding': 'gzip, br' });
    expect(headers['content-encoding']).toBe('gzip');
    const again = await dashboard.get('/page.js', { 'If-None-Match': String(headers['etag']) });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('give state, batches, receivers, metrics and health', async () => {
    const source = new FakeSource();
    const dashboard = await start({}, source);
    const json = async (path: string) => JSON.parse((await dashboard.get(path)).body);
    expect(await json('/api/v1/state')).toEqual(JSON.parse(JSON.stringify(source.state())));
    expect(await json('/api/v1/batches?limit=3')).toMatchObject({
      schema: 1,
      hasMore: true,
      batches: [{}, {}, {}],
    });
    const failed = await json('/api/v1/batches?filter=failed');
    expect(failed.batches.map(({ state }: { state: string }) => state)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    const after = source.lastBatch - 2_000;
    expect((await json(`/api/v1/batches?after=${after}`)).batches).toHaveLength(2);
    expect((await json(`/api/v1/batches?before=${after}&limit=1`)).batches[0].batchTime).toBe(after - 1_000);
    expect(await json(`/api/v1/batches/${source.lastBatch}`)).toMatchObject({
      batch: { batchTime: source.lastBatch },
    });
    expect((await json('/api/v1/receivers')).receivers).toHaveLength(3);
    const history = await json('/api/v1/receivers/1');
    expect(history.receiver.name).toBe('http clicks');
    expect(history.timeline.recordsPerSecond).toHaveLength(600);
    const metrics = await dashboard.get('/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(metrics.body).toContain('millrace_batch_completed_total');
    expect((await dashboard.get('/healthz')).status).toBe(200);
    source.scene = 'behind';
    expect(await dashboard.get('/readyz')).toMatchObject({ status: 503 });
  });

  it('answer HEAD without a body', async () => {
    const dashboard = await start();
    for (const path of ['/', '/api/v1/state', '/metrics', '/events']) {
      expect(await dashboard.get(path, {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
    }
  });

  it.each([
    ['/nothing', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/api/v1/batches/12', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/api/v1/receivers/99', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/api/v1/batches/1e3', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/../package.json', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/page.js/../../x', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/constructor', 404, 'MR_DASHBOARD_PATH_UNKNOWN'],
    ['/api/v1/batches?limit=0', 400, 'MR_DASHBOARD_QUERY_INVALID'],
    ['/api/v1/batches?limit=1001', 400, 'MR_DASHBOARD_QUERY_INVALID'],
    ['/api/v1/batches?after=yesterday', 400, 'MR_DASHBOARD_QUERY_INVALID'],
    ['/api/v1/batches?filter=odd', 400, 'MR_DASHBOARD_QUERY_INVALID'],
    [`/?${'q'.repeat(2_047)}`, 414, 'MR_DASHBOARD_URL_TOO_LONG'],
  ])('answer %s with %i', async (path, status, code) => {
    const dashboard = await start();
    const answer = await dashboard.get(path);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ status, code });
  });

  it('compute the whole state at most four times a second', async () => {
    const source = new FakeSource();
    const dashboard = await start({}, source);
    const before = source.stateCalls;
    for (let request = 0; request < 10; request += 1) await dashboard.get('/api/v1/state');
    expect(source.stateCalls).toBe(before + 1);
    await dashboard.clock.advance(250);
    await dashboard.get('/api/v1/state');
    expect(source.stateCalls).toBe(before + 2);
  });

  it('hide an unexpected error, which is logged once', async () => {
    const source = Object.assign(new FakeSource(), {
      prometheus: () => {
        throw new Error('a secret of the inside');
      },
    });
    const dashboard = await start({}, source);
    for (const answer of [await dashboard.get('/metrics'), await dashboard.get('/metrics')]) {
      expect(answer.status).toBe(500);
      expect(answer.body).not.toContain('secret');
    }
    expect(dashboard.log.messages('error')).toHaveLength(1);
  });
});

describe('strangers', () => {
  it.each(['evil.example.com', '10.0.0.1:4040', 'localhost.evil.example'])(
    'under the Host %s are refused',
    async (host) => {
      const dashboard = await start();
      for (const path of ['/', '/api/v1/state', '/events', '/metrics']) {
        expect((await dashboard.get(path, { Host: host })).status).toBe(421);
      }
    },
  );

  it('are served under an allowed Host', async () => {
    const dashboard = await start({ allowedHosts: ['engine.example.com'] });
    expect((await dashboard.get('/api/v1/state', { Host: 'engine.example.com' })).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('cannot send %s', async (method) => {
    const dashboard = await start();
    const answer = await dashboard.get('/api/v1/state', {}, method);
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('cannot make the server read a body', async () => {
    const dashboard = await start();
    const request = dashboard.open('/', { 'Content-Length': '100000000' }, 'POST');
    request.flushHeaders();
    const [response] = await once(request, 'response');
    expect(response).toMatchObject({ statusCode: 405, headers: { connection: 'close' } });
    request.destroy();
  });

  it('cannot send large headers or a huge URL', async () => {
    const dashboard = await start();
    expect((await dashboard.get('/', { 'X-Large': 'x'.repeat(20_000) })).status).toBe(431);
    expect((await dashboard.get(`/${'x'.repeat(100_000)}`)).status).toBe(431);
  });

  it('on other sites may link to the page, and load nothing', async () => {
    const dashboard = await start();
    const link = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    const script = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'no-cors',
      'Sec-Fetch-Dest': 'script',
    };
    const frame = { ...link, 'Sec-Fetch-Dest': 'iframe' };
    expect((await dashboard.get('/', link)).status).toBe(200);
    expect((await dashboard.get('/', frame)).status).toBe(403);
    for (const path of ['/api/v1/state', '/events', '/page.js', '/metrics']) {
      expect((await dashboard.get(path, script)).status).toBe(403);
      expect((await dashboard.get(path, link)).status).toBe(403);
    }
  });

  it('that send no HTTP harm nothing', async () => {
    const dashboard = await start();
    const socket = connect(dashboard.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end('\u0016\u0003\u0001 hello\r\n\r\n');
    await once(socket, 'close');
    expect((await dashboard.get('/healthz')).status).toBe(200);
  });
});

describe('a token', () => {
  it('is needed for everything', async () => {
    const dashboard = await start({ token: TOKEN });
    for (const path of ['/', '/page.js', '/api/v1/state', '/events', '/metrics', '/healthz', '/readyz']) {
      const answer = await dashboard.get(path);
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect((await dashboard.get(path, { Authorization: 'Bearer not-the-right-token' })).status).toBe(401);
    }
    expect((await dashboard.get('/api/v1/state', { Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  it('in the address of the page becomes a cookie', async () => {
    const dashboard = await start({ token: TOKEN });
    expect((await dashboard.get('/?token=wrong-wrong-wrong-wrong')).status).toBe(401);
    expect((await dashboard.get(`/api/v1/state?token=${TOKEN}`)).status).toBe(401);
    const welcome = await dashboard.get(`/?token=${TOKEN}`);
    expect(welcome.status).toBe(200);
    expect(welcome.body).not.toContain(TOKEN);
    const [setCookie = ''] = welcome.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    const Cookie = setCookie.split(';', 1)[0] ?? '';
    expect((await dashboard.get('/api/v1/state', { Cookie })).status).toBe(200);
    expect((await dashboard.get('/api/v1/state', { Cookie: `${Cookie}x` })).status).toBe(401);
  });

  it('is in no line of the log and in no message of the channel', async () => {
    const heard: unknown[] = [];
    const listen = (message: unknown) => void heard.push(message);
    subscribe(LISTENING_CHANNEL, listen);
    const dashboard = await start({ token: TOKEN });
    unsubscribe(LISTENING_CHANNEL, listen);
    await dashboard.get(`/?token=${TOKEN}`);
    await dashboard.get(`/nothing?token=${TOKEN}`);
    expect(JSON.stringify([dashboard.log.lines, heard])).not.toContain(TOKEN);
    expect(heard).toMatchObject([{ needsToken: true }]);
  });

  it('is not needed for the status of health where the options say so', async () => {
    const dashboard = await start({ token: TOKEN, openHealth: true });
    expect(await dashboard.get('/healthz')).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(await dashboard.get('/readyz')).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect((await dashboard.get('/readyz', { Authorization: `Bearer ${TOKEN}` })).body).toContain('checks');
    expect((await dashboard.get('/metrics')).status).toBe(401);
  });
});

describe('names of streams', () => {
  it('are data, whatever they contain', async () => {
    const dashboard = await start({}, new FakeSource({ receivers: NASTY }));
    const { receivers } = JSON.parse((await dashboard.get('/api/v1/receivers')).body);
    expect(receivers.map(({ name }: { name: string }) => name)).toEqual(NASTY);
    const live = await dashboard.listen();
    await live.until(({ events }) => events.length > 0);
    expect(live.events[0]?.data.inputs[2].name).toHaveLength(200);
    live.end();
  });

  it('may be a thousand', async () => {
    const receivers = Array.from({ length: 1_000 }, (_, index) => `stream ${index} ${'x'.repeat(1_000)}`);
    const dashboard = await start({}, new FakeSource({ receivers, history: 300 }));
    const live = await dashboard.listen();
    await live.until(({ events }) => events.length > 0);
    const snapshot = live.events[0]!;
    expect(snapshot.data.summary.inputCount).toBe(1_000);
    expect(snapshot.data.inputs).toHaveLength(200);
    expect(JSON.stringify(snapshot.data).length).toBeLessThan(700_000);
    expect(JSON.parse((await dashboard.get('/api/v1/receivers')).body).receivers).toHaveLength(1_000);
    live.end();
  });
});

describe('the address', () => {
  it('is logged and published', async () => {
    const heard: DashboardListening[] = [];
    const listen = (message: unknown) => void heard.push(message as DashboardListening);
    subscribe(LISTENING_CHANNEL, listen);
    const { url, port, log } = await start();
    unsubscribe(LISTENING_CHANNEL, listen);
    expect(url).toBe(`http://127.0.0.1:${port}/`);
    expect(heard).toEqual([
      { application: 'order analytics', url, address: '127.0.0.1', port, needsToken: false },
    ]);
    expect(log.lines[0]).toMatchObject({ level: 'info', message: 'dashboard listening', fields: { url } });
  });

  it('has the next free port when the wanted one is taken', async () => {
    const port = await take();
    const dashboard = await start({ port });
    expect(dashboard.port).toBeGreaterThan(port);
    expect(dashboard.port).toBeLessThan(port + 16);
  });

  it('that does not exist is an error with a code', async () => {
    const life = new DashboardLife({
      clock: new SystemClock(),
      log: new RecordingLogger(),
      source: new FakeSource(),
      // TEST-NET-1 of RFC 5737: the address of no machine.
      options: dashboardOptions.parse({ host: '192.0.2.1', token: TOKEN }),
    });
    const error = await life.open().catch((thrown: unknown) => thrown);
    expect(isMillraceError(error, 'MR_DASHBOARD_NOT_LISTENING')).toBe(true);
    await life.close();
  });

  it('is free after the end, although a client keeps its connection', async () => {
    const dashboard = await start();
    const socket = connect(dashboard.port, '127.0.0.1');
    await once(socket, 'connect');
    const live = await dashboard.listen();
    await dashboard.close();
    await live.until(({ isOver }) => isOver);
    expect(await take(dashboard.port)).toBe(dashboard.port);
    socket.destroy();
  });
});

// Runs the program over a real ClickHouse, kills the program in the middle, and compares the table with the answered requests.
import { freePort } from '@millrace/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../tools/servers/real-server.ts';
import { RunningProgram } from '../test/running-program.ts';

const LIMIT_MS = 120_000;
const REQUESTS = 60;
const VIEWS_PER_REQUEST = 5;

let clickhouse: RealServer | undefined;
beforeAll(async () => {
  clickhouse = await startServer('clickhouse');
}, LIMIT_MS);
afterAll(() => clickhouse?.stop(), LIMIT_MS);

it('has every answered view once, also after a kill', { timeout: LIMIT_MS }, async ({ skip }) => {
  if (clickhouse === undefined) return skip(notInstalled('clickhouse'));
  const url = `http://127.0.0.1:${clickhouse.port}`;
  const port = await freePort();
  const program = await RunningProgram.start({
    name: 'http-to-clickhouse',
    env: { CLICKHOUSE_URL: url },
    args: [String(port)],
  });
  const visitors: string[] = [];
  const send = async (request: number): Promise<void> => {
    const some = Array.from({ length: VIEWS_PER_REQUEST }, (_, view) => `visitor-${request}-${view}`);
    const body = some.map((visitor, view) => ({
      page: `/${view}`,
      visitor,
      atMs: 1_796_040_000_000 + request,
    }));
    expect((await post(port, body)).status).toBe(200);
    visitors.push(...some);
  };
  for (let request = 0; request < REQUESTS / 2; request += 1) await send(request);
  await vi.waitUntil(async () => (await visitorsIn(url)).length > 0, { timeout: 90_000, interval: 100 });
  await program.kill();
  await program.restart();
  for (let request = REQUESTS / 2; request < REQUESTS; request += 1) await send(request);
  expect((await post(port, [{ page: '/', visitor: 7 }])).status).toBe(400);
  await vi.waitUntil(async () => (await visitorsIn(url)).length >= visitors.length, {
    timeout: 60_000,
    interval: 200,
  });
  const { code, errors } = await program.stop();
  expect(errors).not.toMatch(/"level":"(error|fatal)"/);
  expect(code).toBe(0);
  expect(await visitorsIn(url)).toEqual(visitors.toSorted());
});

function post(port: number, views: readonly unknown[]): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(views),
  });
}

/** The visitors in the table, in order, with repetitions; none before the program has made the table. */
async function visitorsIn(url: string): Promise<readonly string[]> {
  const query = 'SELECT visitor FROM page_views ORDER BY visitor FORMAT TabSeparated';
  const response = await fetch(url, { method: 'POST', body: query });
  const text = await response.text();
  return response.ok ? text.split('\n').filter((line) => line !== '') : [];
}

// One engine with a secret in each connector. No secret may appear in anything that leaves the process: log lines, events,
// errors, the dashboard's page, JSON, live channel, metrics and health, the output of `millrace status`, `top` and `batch`, and
// the files of log and checkpoints.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@millrace/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DASHBOARD_LINE, type SecretsSetup } from './program.ts';
import { startQuotingDatabase } from './quoting-database.ts';

const SOURCES = '--conditions=millrace:source';
const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../packages/millrace/src/main.ts', import.meta.url));
/** Bounds a hanging test; nothing depends on the length. */
const LIMIT_MS = 120_000;

const secret = (name: string): string => `${name}-do-not-print-0123456789`;
const SECRETS: SecretsSetup['secrets'] = {
  httpToken: secret('http'),
  dashboardToken: secret('dashboard'),
  kafkaPassword: secret('kafka'),
  databasePassword: secret('database'),
  urlPassword: secret('url'),
  passphrase: secret('passphrase'),
  quotedInUrl: secret('address'),
  quotedInCause: secret('cause'),
};
/** The place of events: a program gets the errors of its own functions as thrown. */
const EVENTS = 'events, status and gauges for the program itself';
/** A client's wrong token may be a token of another system. */
const WRONG_TOKEN = secret('wrong');

let folder = '';
let child: ChildProcess | undefined;
let database: Awaited<ReturnType<typeof startQuotingDatabase>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-secrets-'));
  database = await startQuotingDatabase();
});
afterEach(() => {
  child?.kill('SIGKILL');
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

it('an engine with secrets prints, serves and stores none of them', { timeout: LIMIT_MS }, async () => {
  const [httpPort, closedPort] = [await freePort(), await freePort()];
  const setup = { folder, httpPort, closedPort, databasePort: database.port, secrets: SECRETS };
  const running = spawn(process.execPath, [SOURCES, PROGRAM, JSON.stringify(setup satisfies SecretsSetup)]);
  child = running;
  let printed = '';
  let events = '';
  running.stdout.on('data', (data) => (events += data));
  running.stderr.on('data', (data) => (printed += data));
  const said = new Map<string, string>();

  const url = await vi.waitUntil(() => new RegExp(`${DASHBOARD_LINE}(\\S+)`).exec(events)?.[1], LIMIT_MS / 2);
  const authorization = `Bearer ${SECRETS.dashboardToken}`;
  const ask = async (path: string, headers: Record<string, string> = { authorization }): Promise<string> => {
    const response = await fetch(new URL(path, url), { headers, redirect: 'manual' });
    // The cookie is the way by which a browser keeps the token of its own address.
    const answer = [...response.headers].filter(([name]) => name !== 'set-cookie');
    const text = `${response.status} ${JSON.stringify(answer)}\n${await response.text()}`;
    said.set(`${path} ${Object.keys(headers).join()} ${said.size}`, text);
    return text;
  };
  const post = async (token: string, path = '/'): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"id":1}',
    });
    said.set(`post ${said.size}`, `${JSON.stringify([...response.headers])}\n${await response.text()}`);
    return response.status;
  };

  await vi.waitUntil(() => post(SECRETS.httpToken).catch(() => 0), LIMIT_MS / 2);
  expect(await post(WRONG_TOKEN)).toBe(401);
  expect(await post(SECRETS.httpToken, `/?token=${WRONG_TOKEN}`)).toBeGreaterThanOrEqual(200);
  const live = await fetch(new URL('events', url), { headers: { authorization } });
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();

  // All three outputs and all receivers have failed.
  const batchTime = await vi.waitUntil(async () => {
    const { body } = bodyOf(await ask('api/v1/batches?filter=failed'));
    const failed = body.batches?.find(({ outputs }) => outputs.filter(({ error }) => error).length === 3);
    return failed?.batchTime;
  }, LIMIT_MS / 2);
  await vi.waitUntil(async () => {
    const { body } = bodyOf(await ask('api/v1/receivers'));
    return body.receivers?.filter(({ lastError }) => lastError !== undefined).length === 3;
  }, LIMIT_MS / 2);

  const paths = ['', 'api/v1/state', 'api/v1/batches', `api/v1/batches/${batchTime}`, 'api/v1/receivers'];
  const more = ['api/v1/receivers/0', 'api/v1/receivers/1', 'metrics', 'healthz', 'readyz', 'nowhere'];
  for (const path of [...paths, ...more]) {
    await ask(path);
    await ask(path, { authorization: `Bearer ${WRONG_TOKEN}` });
  }
  await ask(`?token=${SECRETS.dashboardToken}`, {});
  await ask(`?token=${WRONG_TOKEN}`, {});
  for (let chunk = 0; chunk < 3; chunk += 1)
    said.set(`events ${chunk}`, String((await reader?.read())?.value));
  await reader?.cancel();

  const environment = { ...process.env, MILLRACE_URL: url, MILLRACE_TOKEN: SECRETS.dashboardToken };
  const millrace = (args: readonly string[], env: NodeJS.ProcessEnv = environment): void => {
    const options = { env, encoding: 'utf8', timeout: LIMIT_MS / 4 } as const;
    const { stdout, stderr } = spawnSync(process.execPath, [SOURCES, COMMAND, ...args], options);
    said.set(`millrace ${args[0]} ${said.size}`, `${stdout}\n${stderr}`);
  };
  millrace(['status']);
  millrace(['status', '--json']);
  millrace(['batch', String(batchTime)]);
  millrace(['batch', String(batchTime), '--json']);
  millrace(['top', '--once']);
  millrace(['status'], { ...environment, MILLRACE_TOKEN: WRONG_TOKEN });
  millrace(['status', `${url}?token=${WRONG_TOKEN}`]);

  running.kill('SIGTERM');
  await once(running, 'exit');
  said.set('log', printed);
  said.set(EVENTS, events);
  for (const file of filesOf(folder)) said.set(file, readFileSync(file, 'latin1'));

  // The secrets were used, and the answers are answers.
  expect(new Set(database.passwords)).toEqual(new Set([SECRETS.databasePassword, SECRETS.urlPassword]));
  expect(printed).toContain('is wrong');
  expect(events).toContain(SECRETS.quotedInUrl);
  expect(said.size).toBeGreaterThan(40);

  const found = [...said].flatMap(([place, text]) =>
    [...Object.entries(SECRETS), ['wrongToken', WRONG_TOKEN] as const]
      .filter(([name]) => place !== EVENTS || !name.startsWith('quoted'))
      .filter(([, value]) => text.includes(value) || text.includes(encodeURIComponent(value)))
      .map(([name, value]) => `${place}: ${name} in …${around(text, value)}…`),
  );
  expect(found).toEqual([]);
});

interface Answer {
  readonly batches?: readonly {
    readonly batchTime: number;
    readonly outputs: readonly { readonly error?: object }[];
  }[];
  readonly receivers?: readonly { readonly lastError?: object }[];
}

function bodyOf(answer: string): { readonly body: Answer } {
  return { body: JSON.parse(answer.slice(answer.indexOf('\n') + 1)) as Answer };
}

function around(text: string, value: string): string {
  const at = text.indexOf(value);
  return text.slice(Math.max(0, at - 60), at + value.length + 20);
}

function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
}

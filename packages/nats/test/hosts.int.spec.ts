// Two host processes on loopback, a driver, and a real server: programs and commands started as a user would start them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@millrace/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { FLAG, HOST, startHost as startHostProcess, type StartedProcess } from './host-processes.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'programs', 'word-count.ts');
/** Bounds a hanging program on a machine that is busy with other work; nothing depends on the length. */
const LIMIT_MS = 240_000;

let server: RealServer | undefined;
const hosts: StartedProcess[] = [];

beforeAll(async () => {
  server = await startServer('nats');
});
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.stop('SIGKILL');
});
afterAll(async () => {
  await server?.stop();
});

async function startHost(
  name: string,
  app: string,
  { program = PROGRAM, more }: { program?: string; more?: readonly string[] } = {},
) {
  const own = { name, app, program, server: server as RealServer };
  const host = await startHostProcess({ ...own, ...(more === undefined ? {} : { more }) });
  hosts.push(host);
  return host;
}

function expectedWords(lines: number): Record<string, number> {
  const words: Record<string, number> = {};
  const count = (word: string) => (words[word] = (words[word] ?? 0) + 2);
  for (let n = 0; n < lines; n += 1)
    for (const word of `line ${n % 7} of thread ${n % 3}`.split(' ')) count(word);
  return words;
}

describe('a program on two hosts', { timeout: LIMIT_MS }, () => {
  it('counts words on the executors of both, and the hosts end without a word more on SIGTERM', async ({
    skip,
  }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const one = await startHost('h1', 'words');
    const two = await startHost('h2', 'words');
    const args = [FLAG, PROGRAM, `127.0.0.1:${server.port}`, 'words', '4', '2000'];
    const { stdout, stderr } = await run(process.execPath, args, { timeout: LIMIT_MS });
    const { isClean, words, places } = JSON.parse(stdout);
    expect([isClean, words, stderr]).toEqual([true, expectedWords(2_000), '']);
    const pids = new Set((places as string[]).map((place) => Number(place.split('/')[0])));
    expect(pids).toEqual(new Set([one.child.pid, two.child.pid]));
    expect(await one.stop('SIGTERM')).toBe(0);
    expect(await two.stop('SIGINT')).toBe(0);
  });

  it('counts the same while data servers cannot be reached, over sessions', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const more = ['--listen', '127.0.0.1:0', '--advertise', `127.0.0.1:${await freePort()}`];
    await startHost('h1', 'detour', { more });
    await startHost('h2', 'detour', { more });
    const args = [FLAG, PROGRAM, `127.0.0.1:${server.port}`, 'detour', '4', '2000'];
    const { stdout, stderr } = await run(process.execPath, args, { timeout: LIMIT_MS });
    expect(JSON.parse(stdout)).toMatchObject({ isClean: true, words: expectedWords(2_000) });
    expect(stderr).toContain('fetched over its session, because the direct way fails');
  });

  it('gets no executors of a host with another program, and both say why', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const host = await startHost('h1', 'other', { program: HOST });
    const args = [FLAG, PROGRAM, `127.0.0.1:${server.port}`, 'other', '1', '1', '3000'];
    const failed = run(process.execPath, args, { timeout: LIMIT_MS }).catch((error: unknown) => error);
    expect(await failed).toMatchObject({
      stderr: expect.stringMatching(/MR_REMOTE_HOST_DIFFERS[^]*MR_TRACKING_NO_EXECUTORS/),
    });
    expect(host.written()).toContain('a driver refuses this host');
  });
});

describe('millrace-host', { timeout: LIMIT_MS }, () => {
  it('explains itself', async () => {
    const { stdout } = await run(process.execPath, [FLAG, HOST, '--help']);
    for (const option of ['--servers', '--app', '--program', '--executors', '--name', 'Exit codes'])
      expect(stdout).toContain(option);
  });

  it.each([
    [['--servers', 'a', '--app', 'x'], '--program'],
    [['--servers', 'a', '--app', 'x', '--program', 'p.js', '--executors', '0'], 'from 1 to 9,999'],
    [['--servers', 'a', '--app', 'x', '--program', 'p.js', '--listen', '7070'], 'expected host:port'],
    [['--servers', 'a', '--app', 'x', '--program', HOST, '--listen', '0.0.0.0:0'], 'MR_REMOTE_DATA_ADDRESS'],
    [
      ['--servers', 'a', '--app', 'x', '--program', HOST, '--listen', '0.0.0.0:0', '--advertise', 'h:1'],
      'MR_REMOTE_DATA_INSECURE',
    ],
    [['--servers', 'a', '--app', 'x', '--program', HOST, '--data-ca', 'ca.pem'], 'MR_CLUSTER_HOST_USAGE'],
    [['--servers', 'a', '--app', 'x', '--program', 'p.js', '--name', 'a.b'], 'letters, digits and dashes'],
    [['--servers', 'http://a', '--app', 'x', '--program', 'p.js'], 'MR_CONFIG_INVALID_OPTION'],
    [['--servers', 'a', '--app', 'x y', '--program', 'p.js'], 'MR_CLUSTER_APP_NAME'],
    [['--servers', 'a', '--app', 'x', '--program', 'none.js'], 'MR_REMOTE_NO_PROGRAM'],
  ])('refuses %j with exit code 2', async (args, told) => {
    const failed = run(process.execPath, [FLAG, HOST, ...args]).catch((error: unknown) => error);
    expect(await failed).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
  });
});

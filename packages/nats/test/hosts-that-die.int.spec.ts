// Hosts and drivers that die, are paused and come back, over a real server: each number of the source is in exactly one batch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { startHost, startNode, type StartedProcess } from './host-processes.ts';
import { numbersInBatches } from './numbers-in-batches.ts';

const PROGRAM = join(import.meta.dirname, 'programs', 'numbers.ts');
/** Bounds a hanging program on a machine that is busy with other work; nothing depends on the length. */
const LIMIT_MS = 240_000;

let directory = '';
let server: RealServer | undefined;
const processes: StartedProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-hosts-'));
  server = await startServer('nats');
});
afterEach(async () => {
  for (const one of processes.splice(0)) await one.stop('SIGKILL');
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function host(app: string, name: string): Promise<StartedProcess> {
  const started = await startHost({ app, name, program: PROGRAM, server: server as RealServer });
  processes.push(started);
  return started;
}

function driver(app: string): StartedProcess {
  const started = startNode([PROGRAM, `127.0.0.1:${server?.port}`, app, directory]);
  processes.push(started);
  return started;
}

function expectEachNumberOnce(): void {
  const numbers = numbersInBatches(directory);
  expect(numbers.length).toBeGreaterThan(10);
  expect(numbers).toEqual(numbers.map((_, index) => index));
}

describe('a program over hosts that die', { timeout: LIMIT_MS }, () => {
  it('loses and repeats no number when a host is killed, another one is paused, and both come back', async ({
    skip,
  }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const one = await host('dying', 'h1');
    const two = await host('dying', 'h2');
    const program = driver('dying');
    await program.writes('added', 4);
    await program.writes('seen', 5);
    await two.stop('SIGKILL');
    await program.writes('lost h2-', 2);
    await host('dying', 'h2');
    await program.writes('added h2-', 4);
    one.child.kill('SIGSTOP');
    await program.writes('lost h1-', 2);
    one.child.kill('SIGCONT');
    await program.writes('added h1-', 4);
    await program.writes('seen', program.written().split('seen').length + 10);
    expect(await program.stop('SIGTERM')).toBe(0);
    expect(program.written()).toContain('stopped true');
    expectEachNumberOnce();
  });

  it('goes on with new executors after the death of its driver', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    await host('driven', 'h1');
    await host('driven', 'h2');
    const first = driver('driven');
    await first.writes('seen', 5);
    await first.stop('SIGKILL');
    const second = driver('driven');
    await second.writes('seen', 5);
    expect(second.written()).toMatch(/added h\d-\d\.2\.0/);
    expect(await second.stop('SIGTERM')).toBe(0);
    expectEachNumberOnce();
  });

  it('goes on after the server of NATS was killed and started again', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    await host('served', 'h1');
    await host('served', 'h2');
    const program = driver('served');
    await program.writes('added', 4);
    await program.writes('seen', 5);
    await server.kill();
    await server.restart();
    await program.writes('seen', program.written().split('seen').length + 10);
    expect(await program.stop('SIGTERM')).toBe(0);
    expectEachNumberOnce();
  });
});

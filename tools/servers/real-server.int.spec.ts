// The scripts of this folder over real servers: data survive a kill, and nothing is left behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { startKafka } from './real-kafka.ts';
import { notInstalled, startServer } from './real-server.ts';

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A program that starts Redis, prints the port and the log, and never stops the server. */
const FORGETFUL = `
  import { startServer } from ${JSON.stringify(new URL('real-server.ts', import.meta.url).href)};
  const server = await startServer('redis');
  console.log(server === undefined ? '' : server.port + ' ' + server.log);
  if (process.argv[1] === 'wait') setInterval(() => {}, 1_000);`;

describe('a real server', () => {
  it('keeps its port and its data through a kill', { timeout: 60_000 }, async ({ skip }) => {
    const server = await startServer('redis');
    if (server === undefined) return skip(notInstalled('redis'));
    const ask = async (command: string): Promise<string> => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(`${command}\r\n`));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString();
    };
    expect(await ask('SET kept yes')).toBe('+OK\r\n');
    await server.kill();
    expect(await isListening(server.port)).toBe(false);
    await server.restart();
    expect(await ask('GET kept')).toBe('$3\r\nyes\r\n');
    await server.stop();
    expect(await isListening(server.port)).toBe(false);
    await expect(readFile(dirname(server.log))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.for([
    ['ends by itself', 'end'],
    ['is killed', 'wait'],
  ] as const)('ends with a process that %s', { timeout: 60_000 }, async ([, how], { skip }) => {
    const program = spawn(process.execPath, ['--input-type=module', '--eval', FORGETFUL, how], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(program, 'close');
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    if (how === 'wait') program.kill('SIGKILL');
    await ended;
    if (line === '') return skip(notInstalled('redis'));
    const [port, log = ''] = line.split(' ');
    await expect.poll(() => isListening(Number(port))).toBe(false);
    await expect.poll(() => existsSync(dirname(dirname(log)))).toBe(false);
  });

  it('does not outlive a start whose caller has ended', { timeout: 60_000 }, async ({ skip }) => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-server-'));
    const script = spawn('bash', [join(import.meta.dirname, 'redis.sh'), 'start'], {
      env: { ...process.env, MILLRACE_SERVERS_DIR: directory },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    script.stdout.destroy();
    const [code] = (await once(script, 'exit')) as [number];
    if (code === 4) return skip(notInstalled('redis'));
    const port = Number(await readFile(join(directory, 'redis', 'port'), 'utf8'));
    await rm(directory, { recursive: true });
    expect(await isListening(port)).toBe(false);
  });

  it('has proxies in front of Kafka', { timeout: 120_000 }, async ({ skip }) => {
    const kafka = await startKafka(2);
    if (kafka === undefined) return skip(notInstalled('kafka'));
    const ports = [kafka.port, ...kafka.proxies.map(({ port }) => port)];
    expect(new Set(ports).size).toBe(3);
    expect(await Promise.all(ports.map(isListening))).toEqual([true, true, true]);
    await kafka.stop();
    expect(await Promise.all(ports.map(isListening))).toEqual([false, false, false]);
  });
});

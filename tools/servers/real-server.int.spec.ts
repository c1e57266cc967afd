// The scripts of this folder over real servers: data survive a kill, and nothing is left behind.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
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

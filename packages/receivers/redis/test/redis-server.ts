// The other side of tests: streams, groups and channels of a real server, asked without a proxy.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePort, TcpProxy } from '@millrace/testing';
import { createClient } from '@redis/client';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** An answer: a text, a number, null, or a list of answers. */
export type Answer = string | number | null | readonly Answer[];

/** The certificate that clients have to trust. */
export const CERTIFICATE = fileURLToPath(
  new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url),
);

/** Entries in one go. */
const AT_ONCE = 1_000;
const FILLED_AT_ONCE = 20_000;
const FILL = `for id = ARGV[1], ARGV[1] + ARGV[2] - 1 do
  local value = '{"id":' .. id .. ',"customer":"customer-' .. id % 97 .. '","amount":' .. id % 13 .. ',"note":"' .. ARGV[3] .. '"}'
  redis.call('XADD', KEYS[1], '*', 'value', value)
end`;
const TRY_AGAIN_MS = 50;
const TRIES = 600;

/** A server for tests, behind a proxy. */
export class RedisServer {
  readonly server: RealServer;
  readonly proxy: TcpProxy;
  /** The port with TLS, without a proxy. */
  readonly tlsPort: number;
  #client: ReturnType<typeof clientOf> | undefined;

  private constructor(server: RealServer, proxy: TcpProxy, tlsPort: number) {
    this.server = server;
    this.proxy = proxy;
    this.tlsPort = tlsPort;
  }

  /** Undefined when Redis is not installed. */
  static async start(): Promise<RedisServer | undefined> {
    const tlsPort = await freePort();
    const server = await startServer('redis', { TLS_PORT: String(tlsPort) });
    if (server === undefined) return undefined;
    return new RedisServer(server, await TcpProxy.start({ port: server.port }), tlsPort);
  }

  /** Sends one command; tries again while the server is away. */
  async run(...args: readonly (string | number | Buffer)[]): Promise<Answer> {
    return await this.#trying((client) => client.sendCommand(textsOf(args)));
  }

  /** A name that no other test has. */
  name(): string {
    return `test-${randomUUID()}`;
  }

  /** Makes a stream without entries, with a group of the same name, and returns the name. */
  async stream(): Promise<string> {
    const stream = this.name();
    await this.run('XGROUP', 'CREATE', stream, stream, '0', 'MKSTREAM');
    return stream;
  }

  /** Writes entries in order, each with the field `value`; the ids of the entries. */
  async write(stream: string, values: readonly string[]): Promise<readonly string[]> {
    const written: string[] = [];
    for (let at = 0; at < values.length; at += AT_ONCE) {
      const some = values.slice(at, at + AT_ONCE);
      const ids = await this.#trying((client) =>
        Promise.all(some.map((value) => client.sendCommand(['XADD', stream, '*', 'value', value]))),
      );
      written.push(...(ids as unknown[] as string[]));
    }
    return written;
  }

  /** Writes many entries of about a hundred bytes, quickly: the server makes them by itself. */
  async fill(stream: string, count: number, note: string): Promise<void> {
    for (let from = 0; from < count; from += FILLED_AT_ONCE)
      await this.run('EVAL', FILL, 1, stream, from, Math.min(FILLED_AT_ONCE, count - from), note);
  }

  /** Writes one entry for each number, once, through every fault: the number is the id of the entry. Returns the ids. */
  async writeNumbered(stream: string, numbers: readonly number[]): Promise<readonly string[]> {
    const ids = numbers.map((number) => `${number + 1}-0`);
    await this.#trying(async (client) => {
      const last = await lastIdOf(client, stream);
      const missing = numbers.filter((number) => number + 1 > last);
      await Promise.all(
        missing.map((number) =>
          client.sendCommand(['XADD', stream, `${number + 1}-0`, 'value', JSON.stringify({ id: number })]),
        ),
      );
    });
    return ids;
  }

  /** The ids of a stream that a group got and does not count as pending: what the group has acknowledged. */
  async acknowledged(stream: string, ids: readonly string[], group = stream): Promise<readonly string[]> {
    const groups = (await this.run('XINFO', 'GROUPS', stream)) as readonly (readonly Answer[])[];
    const found = groups.find(([, name]) => name === group) ?? [];
    const last = String(found[found.indexOf('last-delivered-id') + 1]);
    const pending = (await this.run('XPENDING', stream, group, '-', '+', 1_000_000)) as readonly Answer[][];
    const waiting = new Set(pending.map(([id]) => id));
    const end = ids.indexOf(last);
    return ids.slice(0, end + 1).filter((id) => !waiting.has(id));
  }

  async stop(): Promise<void> {
    this.#client?.destroy();
    await this.proxy.close();
    await this.server.stop();
  }

  async #trying<R>(use: (client: ReturnType<typeof clientOf>) => Promise<R>): Promise<R> {
    for (let tries = 1; ; tries += 1) {
      try {
        if (this.#client?.isReady !== true) {
          this.#client?.destroy();
          this.#client = clientOf(this.server.port);
          await this.#client.connect();
        }
        return await use(this.#client);
      } catch (error) {
        const { message } = error as Error;
        const isAnswer = /^[A-Z]+ /.test(message) && !message.startsWith('LOADING');
        if (isAnswer || tries === TRIES) throw error;
        await new Promise((resolve) => void setTimeout(resolve, TRY_AGAIN_MS));
      }
    }
  }
}

/** The first number of the newest id. */
async function lastIdOf(client: ReturnType<typeof clientOf>, stream: string): Promise<number> {
  const state = (await client.sendCommand(['XINFO', 'STREAM', stream])) as unknown as readonly Answer[];
  return Number(String(state[state.indexOf('last-generated-id') + 1]).split('-')[0]);
}

function clientOf(port: number) {
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
  });
  client.on('error', () => undefined);
  return client;
}

function textsOf(args: readonly (string | number | Buffer)[]): (string | Buffer)[] {
  return args.map((arg) => (typeof arg === 'number' ? String(arg) : arg));
}

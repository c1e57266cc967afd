// A real server for tests of the sink, asked directly.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { freePort } from '@millrace/testing';
import { createClient } from '@redis/client';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** The certificate that clients have to trust. */
export const CERTIFICATE = fileURLToPath(
  new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url),
);

const TRY_AGAIN_MS = 50;
const TRIES = 600;

/** A server. */
export class RedisDatabase {
  readonly server: RealServer;
  readonly tlsPort: number;
  #client: ReturnType<typeof clientOf> | undefined;

  private constructor(server: RealServer, tlsPort: number) {
    this.server = server;
    this.tlsPort = tlsPort;
  }

  /** Undefined when Redis is not installed. */
  static async start(): Promise<RedisDatabase | undefined> {
    const tlsPort = await freePort();
    const server = await startServer('redis', { TLS_PORT: String(tlsPort) });
    return server === undefined ? undefined : new RedisDatabase(server, tlsPort);
  }

  /** A beginning of keys that no other test has. */
  prefix(): string {
    return `{${randomUUID()}}:`;
  }

  /** Sends one command; tries again while the server is away. */
  async run(...args: readonly (string | number)[]): Promise<unknown> {
    for (let tries = 1; ; tries += 1) {
      try {
        if (this.#client?.isReady !== true) {
          this.#client?.destroy();
          this.#client = clientOf(this.server.port);
          await this.#client.connect();
        }
        return await this.#client.sendCommand(args.map(String));
      } catch (error) {
        const { message } = error as Error;
        const isAnswer = /^[A-Z]+ /.test(message) && !message.startsWith('LOADING');
        if (isAnswer || tries === TRIES) throw error;
        await new Promise((resolve) => void setTimeout(resolve, TRY_AGAIN_MS));
      }
    }
  }

  /** The entries of a stream, as their fields. */
  async entries(stream: string): Promise<readonly (readonly string[])[]> {
    const found = (await this.run('XRANGE', stream, '-', '+')) as readonly (readonly [
      string,
      readonly string[],
    ])[];
    return found.map(([, fields]) => fields);
  }

  /** The values of a stream whose entries have one field. */
  async values(stream: string): Promise<readonly string[]> {
    return (await this.entries(stream)).map(([, value = '']) => value);
  }

  async stop(): Promise<void> {
    this.#client?.destroy();
    await this.server.stop();
  }
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

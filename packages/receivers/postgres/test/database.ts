// The other side of tests: a real server behind a proxy, with a schema for each test, asked without the proxy.
import { randomUUID } from 'node:crypto';
import { TcpProxy } from '@millrace/testing';
import pg from 'pg';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** A server for tests. */
export class Server {
  readonly server: RealServer;
  readonly proxy: TcpProxy;

  private constructor(server: RealServer, proxy: TcpProxy) {
    this.server = server;
    this.proxy = proxy;
  }

  /** Undefined when PostgreSQL is not installed. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<Server | undefined> {
    const server = await startServer('postgres', env);
    return server === undefined ? undefined : new Server(server, await TcpProxy.start({ port: server.port }));
  }

  /** The port without the proxy. */
  get port(): number {
    return this.server.port;
  }

  /** Makes an empty schema: much quicker than a database. */
  async database(): Promise<Database> {
    const schema = `test_${randomUUID().slice(0, 8)}`;
    const client = await this.client('public');
    await client.query(`CREATE SCHEMA ${schema}`);
    await client.end();
    return new Database(this, schema);
  }

  /** Another connection, as the superuser; the caller ends the connection. */
  async client(schema: string): Promise<pg.Client> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: 'postgres',
      options: `-c search_path=${schema}`,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.server.stop();
  }
}

/** A schema of its own. */
export class Database {
  readonly schema: string;
  readonly server: Server;

  constructor(server: Server, schema: string) {
    this.server = server;
    this.schema = schema;
  }

  /** The options of a connection without the proxy. */
  get place() {
    return { host: '127.0.0.1', port: this.server.port };
  }

  /** The options of a connection through the proxy. */
  get proxied() {
    return { host: this.server.proxy.host, port: this.server.proxy.port };
  }

  /** Runs statements, each of its own, as the superuser; the rows of the last one. */
  async run(...statements: readonly string[]): Promise<readonly Row[]> {
    const client = await this.client();
    try {
      let rows: readonly Row[] = [];
      for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  }

  client(): Promise<pg.Client> {
    return this.server.client(this.schema);
  }
}

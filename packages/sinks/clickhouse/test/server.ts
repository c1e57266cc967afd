// The other side of tests: a real server, with a database for each test, asked without a proxy.
import { randomUUID } from 'node:crypto';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** A server for tests. */
export class Server {
  readonly server: RealServer;

  private constructor(server: RealServer) {
    this.server = server;
  }

  /** Undefined when ClickHouse is not installed. */
  static async start(): Promise<Server | undefined> {
    const server = await startServer('clickhouse');
    return server === undefined ? undefined : new Server(server);
  }

  get port(): number {
    return this.server.port;
  }

  /** Makes an empty database. */
  async database(): Promise<Database> {
    const name = `test_${randomUUID().slice(0, 8)}`;
    await this.run(`CREATE DATABASE ${name}`);
    return new Database(this, name);
  }

  /** Runs statements; the rows of the last one. */
  async run(...statements: readonly string[]): Promise<readonly Row[]> {
    let text = '';
    for (const statement of statements) {
      const url = `http://127.0.0.1:${this.port}/?default_format=JSONEachRow`;
      const response = await fetch(url, { method: 'POST', body: statement });
      text = await response.text();
      if (!response.ok) throw new Error(`${statement}: ${text}`);
    }
    return text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Row);
  }
}

/** A database of its own. */
export class Database {
  readonly name: string;
  readonly server: Server;

  constructor(server: Server, name: string) {
    this.server = server;
    this.name = name;
  }

  /** The options of a sink without a proxy. */
  get place() {
    return { host: '127.0.0.1', port: this.server.port, database: this.name };
  }

  /** Runs statements with `{db}` for the database; the rows of the last one. */
  run(...statements: readonly string[]): Promise<readonly Row[]> {
    return this.server.run(...statements.map((statement) => statement.replaceAll('{db}', this.name)));
  }
}

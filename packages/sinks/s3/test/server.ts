// The other side of tests: a real store over a directory, with a bucket for each test, read from the disk of the store.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RealServer, startServer } from '../../../../tools/servers/real-server.ts';

/** A store for tests. */
export class Server {
  readonly server: RealServer;

  private constructor(server: RealServer) {
    this.server = server;
  }

  /** Undefined when the store is not installed. */
  static async start(): Promise<Server | undefined> {
    const server = await startServer('s3');
    return server === undefined ? undefined : new Server(server);
  }

  get port(): number {
    return this.server.port;
  }

  /** Makes an empty bucket. */
  async bucket(): Promise<Bucket> {
    const name = `test-${randomUUID().slice(0, 8)}`;
    const path = join(dirname(this.server.log), 'data', name);
    await mkdir(path, { recursive: true });
    return new Bucket(this, name, path);
  }
}

/** A bucket of its own. */
export class Bucket {
  readonly server: Server;
  readonly name: string;
  readonly path: string;

  constructor(server: Server, name: string, path: string) {
    this.server = server;
    this.name = name;
    this.path = path;
  }

  /** The options of a sink, through a port. */
  place(port = this.server.port) {
    return {
      bucket: this.name,
      endpoint: `http://127.0.0.1:${port}`,
      accessKeyId: 'test',
      secretAccessKey: 'correct-horse-battery',
    };
  }

  /** The visible objects below a prefix, by name, without those of the sink. */
  async bytes(prefix = ''): Promise<ReadonlyMap<string, Buffer>> {
    const folder = join(this.path, prefix);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const found = await Promise.all(names.map((name) => readFile(join(folder, name))));
    const pairs = names.map((name, index) => [name, found[index] ?? Buffer.alloc(0)] as const);
    return new Map(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The visible objects as texts; like `bytes`. */
  async objects(prefix = ''): Promise<ReadonlyMap<string, string>> {
    return new Map([...(await this.bytes(prefix))].map(([name, bytes]) => [name, bytes.toString()]));
  }

  /** The lines of all objects. */
  async lines(prefix = ''): Promise<readonly string[]> {
    return [...(await this.objects(prefix)).values()].flatMap((text) => text.split('\n').slice(0, -1));
  }
}

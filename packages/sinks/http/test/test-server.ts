// A real HTTP server for tests: keeps the keys, or takes every request anew, with faults on command.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { keepRecords } from './keep-records.ts';

/** A listener that stands in for the server once; true: the request goes on to the server, whose answer is lost. */
export type Fault = (...parameters: Parameters<RequestListener>) => boolean;

/** A server with its records. */
export class TestServer {
  readonly server: Server;
  readonly #db = new DatabaseSync(':memory:');
  /** Headers of every request, in order. */
  readonly requests: NodeJS.Dict<string | string[]>[] = [];
  #fault: Fault | undefined;

  private constructor(keepsKeys: boolean) {
    const listener = keepsKeys ? keepRecords(this.#db) : takeRecords(this.#db);
    this.server = createServer((request, response) => {
      this.requests.push(request.headers);
      const fault = this.#fault;
      this.#fault = undefined;
      if (fault === undefined || fault(request, response)) listener(request, response);
    });
  }

  /** Listens on a free port of loopback. */
  static async start({ keepsKeys = true } = {}): Promise<TestServer> {
    const one = new TestServer(keepsKeys);
    one.server.listen(0, '127.0.0.1');
    await once(one.server, 'listening');
    return one;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/records`;
  }

  /** Lets the next request meet a fault. */
  failNext(fault: Fault): void {
    this.#fault = fault;
  }

  /** All records, in the order of their arrival. */
  records(): readonly unknown[] {
    return this.#db
      .prepare('SELECT record FROM records ORDER BY place')
      .all()
      .map(({ record }) => JSON.parse(String(record)) as unknown);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A server without any memory of keys. */
function takeRecords(db: DatabaseSync): RequestListener {
  db.exec('CREATE TABLE records (place INTEGER PRIMARY KEY, record TEXT NOT NULL)');
  const add = db.prepare('INSERT INTO records (record) VALUES (?)');
  return (request, response) => {
    const answer = (body: string): void => {
      for (const line of body.split('\n')) if (line !== '') add.run(line);
      response.writeHead(200).end('taken');
    };
    text(request)
      .then(answer)
      .catch(() => response.destroy());
  };
}

/** Faults of a server and of the way to it. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'the connection breaks before the server has the request': ({ socket }) => {
    socket.destroy();
    return false;
  },
  'the answer to a request is lost': ({ socket }, response) => {
    response.writeHead = () => {
      socket.destroy();
      return response;
    };
    return true;
  },
  'the server fails': (_, response) => {
    response.writeHead(500).end('out of order');
    return false;
  },
  'the server asks for a pause': (_, response) => {
    response.writeHead(503, { 'retry-after': '0' }).end();
    return false;
  },
  'the server refuses the records': (_, response) => {
    response.writeHead(400).end('not today');
    return false;
  },
};

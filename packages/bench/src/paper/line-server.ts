// The source of the paper's workloads, on a separate thread: sends lines over TCP at the requested rate, independent of
// the reader, and reports its backlog. All connections together get the rate. The server listens on the loopback
// interface only. All lines have one length, so due lines form one slice of the pool.
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { makePool, type LineKind } from './line-pool.ts';

/** The options of the server. */
export interface LineServerData {
  readonly kind: LineKind;
}

/** The messages of the server: first the port, then the progress. */
export type LineServerMessage =
  { readonly port: number } | { readonly connections: number; readonly behindMs: number };

const TICK_MS = 2;
const TELL_MS = 50;
/** The bytes waiting in a socket before its reader counts as behind. */
const WAITING_BYTES = 1_048_576;

const { kind } = workerData as LineServerData;
const pool = makePool(kind);
const connections = new Set<Connection>();
let perSecond = 0;

/** One reader: the number of due lines, and the position in the pool. */
class Connection {
  readonly #socket: Socket;
  #next = 0;
  #owed = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get owed(): number {
    return this.#owed;
  }

  /** Adds due lines, and sends as many lines as there is room for. */
  send(lines: number): void {
    this.#owed += lines;
    while (this.#owed >= 1 && this.#socket.writableLength < WAITING_BYTES) {
      const count = Math.min(Math.floor(this.#owed), pool.lines - this.#next, 16_384);
      this.#socket.write(pool.slice(this.#next, this.#next + count));
      this.#next = (this.#next + count) % pool.lines;
      this.#owed -= count;
    }
  }

  /** Drops the backlog, so that a new rate starts without one. */
  forgive(): void {
    this.#owed = 0;
  }
}

const server = createServer((socket) => {
  const connection = new Connection(socket);
  connections.add(connection);
  // A reader that disconnects in the middle of the stream is the normal end of a run.
  socket.on('error', () => undefined);
  socket.on('close', () => connections.delete(connection));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') tell({ port: address.port });
});

let lastMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const due = ((nowMs - lastMs) / 1_000) * perSecond;
  lastMs = nowMs;
  for (const connection of connections) connection.send(due / connections.size);
}, TICK_MS);

setInterval(() => {
  const owed = [...connections].reduce((sum, connection) => sum + connection.owed, 0);
  tell({ connections: connections.size, behindMs: perSecond === 0 ? 0 : (owed / perSecond) * 1_000 });
  pool.stamp(Date.now());
}, TELL_MS);

parentPort?.on('message', (rate: number) => {
  perSecond = rate;
  for (const connection of connections) connection.forgive();
});

function tell(message: LineServerMessage): void {
  parentPort?.postMessage(message);
}

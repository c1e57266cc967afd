// The clients of a server, on a thread of their own: connections that stay open, each with one request at a time. The
// requests come at a given rate, whether or not the server keeps up, or as fast as the server answers. A delay counts
// from the time at which the request was due. The requests are bytes made in advance, so the clients take little of the
// processor.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** The options of a load. */
export interface RequestLoadData {
  readonly port: number;
  readonly connections: number;
  /** 1: a JSON object; more: newline-delimited JSON. */
  readonly recordsPerRequest: number;
  /** Absent: as fast as the server answers. */
  readonly requestsPerSecond?: number;
  /** The length of each part of the load, in milliseconds. */
  readonly partsMs: readonly number[];
}

/** The observations of one part of a load; the last message has those of the whole load. */
export interface LoadMessage {
  readonly answers: number;
  readonly elapsedMs: number;
  /** Delays of the answers in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const RECORD_BYTES = 200;
const MICROS = 1_000;
const END = Buffer.from('\r\n\r\n');

/** One connection with at most one request. */
class Client {
  readonly socket: Socket;
  #dueMs = 0;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number, onAnswer: (client: Client, dueMs: number) => void) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      if (!isWhole(this.#received)) return;
      this.#received = Buffer.alloc(0);
      onAnswer(this, this.#dueMs);
    });
    this.socket.on('error', fail);
    this.socket.on('close', () => fail(new Error('the server closed a connection')));
  }

  send(dueMs: number): void {
    this.#dueMs = dueMs;
    this.socket.write(REQUEST);
  }
}

/** True for a complete answer. @throws unless the answer is 200. */
function isWhole(bytes: Buffer): boolean {
  const head = bytes.indexOf(END);
  if (head < 0) return false;
  const text = bytes.toString('latin1', 0, head);
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`a request was refused: ${bytes.toString()}`);
  const [, length = '0'] = /content-length: (\d+)/i.exec(text) ?? [];
  return bytes.length >= head + END.length + Number(length);
}

function fail(error: Error): void {
  if (!isOver) throw error;
}

function requestOf(port: number, records: number): Buffer {
  const empty = JSON.stringify({ id: 123_456, kind: 'click', text: '' });
  const record = JSON.stringify({
    id: 123_456,
    kind: 'click',
    text: 'x'.repeat(RECORD_BYTES - empty.length),
  });
  const body = Array.from({ length: records }, () => record).join('\n');
  const type = records === 1 ? 'application/json' : 'application/x-ndjson';
  return Buffer.from(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

const { port, connections, recordsPerRequest, requestsPerSecond, partsMs } = workerData as RequestLoadData;
const REQUEST = requestOf(port, recordsPerRequest);
const idle: Client[] = [];
const due: number[] = [];
let answers = 0;
let isOver = false;
let delays: RecordableHistogram = createHistogram();

function onAnswer(client: Client, dueMs: number): void {
  const nowMs = performance.now();
  answers += 1;
  delays.record(Math.max(1, Math.round((nowMs - dueMs) * MICROS)));
  const next = requestsPerSecond === undefined && !isOver ? nowMs : due.shift();
  if (next === undefined) idle.push(client);
  else client.send(next);
}

/** Requests that are due, at their own times. */
function pace(perSecond: number, sinceMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (isOver) return clearInterval(timer);
    for (; sinceMs + (sent * 1_000) / perSecond <= performance.now(); sent += 1) {
      const dueMs = sinceMs + (sent * 1_000) / perSecond;
      const client = idle.shift();
      if (client === undefined) due.push(dueMs);
      else client.send(dueMs);
    }
  }, 1);
}

async function run(): Promise<void> {
  const clients = Array.from({ length: connections }, () => new Client(port, onAnswer));
  await Promise.all(clients.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
  idle.push(...clients);
  const sinceMs = performance.now();
  if (requestsPerSecond === undefined) for (const client of idle.splice(0)) client.send(sinceMs);
  else pace(requestsPerSecond, sinceMs);
  let before = 0;
  for (const ms of partsMs) {
    delays = createHistogram();
    const fromMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    tell(answers - before, fromMs);
    before = answers;
  }
  isOver = true;
  while (idle.length < connections) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const client of clients) client.socket.destroy();
  tell(answers, sinceMs);
}

function tell(count: number, fromMs: number): void {
  const message: LoadMessage = {
    answers: count,
    elapsedMs: performance.now() - fromMs,
    p50Ms: delays.percentile(50) / MICROS,
    p99Ms: delays.percentile(99) / MICROS,
  };
  parentPort?.postMessage(message);
}

await run();

// A hostile client with seeded chance. Each misbehaviour states the right answers. Each record that should be stored has an
// id of its own.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { SeededRandom } from '@millrace/core';
import { posted, RawClient } from './raw-client.ts';

/** One misbehaviour. Resolves with the problem of the answers; undefined for the right answers. */
type Misbehaviour = (client: HostileClient) => Promise<string | undefined>;

/** Sends to one receiver. */
export class HostileClient {
  /** The ids whose requests were answered 200. */
  readonly accepted = new Set<number>();
  /** The ids that were sent without waiting for the answer. */
  readonly abandoned = new Set<number>();
  readonly random: SeededRandom;
  readonly #port: number;
  #lastId = 0;

  constructor(port: number, random: SeededRandom) {
    this.#port = port;
    this.random = random;
  }

  nextId(): number {
    return (this.#lastId += 1);
  }

  /** A number from `from` to below `to`. */
  between(from: number, to: number): number {
    return from + Math.floor(this.random.next() * (to - from));
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.#port);
  }

  /** Misbehaves once, in a way picked by chance. */
  async misbehave(): Promise<string | undefined> {
    const names = Object.keys(MISBEHAVIOURS);
    const name = names[this.between(0, names.length)] ?? '';
    const problem = await MISBEHAVIOURS[name]?.(this);
    return problem === undefined ? undefined : `${name}: ${problem}`;
  }

  /** Sends the bytes in slices of chance sizes, and waits until the connection is closed. */
  async send(bytes: Uint8Array | string, { halfCloses = false } = {}): Promise<readonly number[]> {
    const client = await this.connect();
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length;) {
      const size = this.random.next() < 0.5 ? this.between(1, 20) : this.between(20, 5_000);
      client.send(all.subarray(at, at + size));
      at += size;
      if (this.random.next() < 0.3) await new Promise((resolve) => client.socket.write('', resolve));
    }
    if (halfCloses) client.endSending();
    await client.closed;
    return client.statuses;
  }

  /** Like `send`, for requests with these ids and with these expected answers. */
  async expect(
    ids: readonly number[],
    {
      bytes,
      statuses,
      halfCloses = false,
    }: { bytes: Uint8Array | string; statuses: readonly number[]; halfCloses?: boolean },
  ): Promise<string | undefined> {
    const got = await this.send(bytes, { halfCloses });
    if (got.join() !== statuses.join()) return `expected ${statuses.join()}, got ${got.join()}`;
    for (const id of ids) this.accepted.add(id);
    return undefined;
  }
}

const CLOSE = 'Connection: close';
const CHUNKED = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n${CLOSE}\r\n\r\n`;

/** Chunks of one byte, sometimes with an extension. */
export function tinyChunks(text: string, extension = ''): string {
  return text.replaceAll(/[^]/g, (byte) => `1${extension}\r\n${byte}\r\n`);
}

function packed(pack: (bytes: Buffer) => Buffer, encoding: string): Misbehaviour {
  return (client) => {
    const id = client.nextId();
    const bytes = pack(Buffer.from(JSON.stringify({ id, beats: '0'.repeat(client.between(0, 400_000)) })));
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\n${CLOSE}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    return client.expect([id], { bytes: Buffer.concat([Buffer.from(head), bytes]), statuses: [200] });
  };
}

function bomb(pack: (bytes: Buffer) => Buffer, encoding: string): Misbehaviour {
  const bytes = pack(Buffer.alloc(30_000_000, '[]'));
  const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\n${CLOSE}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  const whole = Buffer.concat([Buffer.from(head), bytes]);
  return (client) => client.expect([], { bytes: whole, statuses: [413] });
}

/** One request with a record, and other ways to write it. */
function alike(write: (body: string, client: HostileClient) => string, halfCloses = false): Misbehaviour {
  return (client) => {
    const id = client.nextId();
    return client.expect([id], { bytes: write(JSON.stringify({ id }), client), statuses: [200], halfCloses });
  };
}

/** A request that is stored, and further bytes on the connection. */
function followed(by: string, status: number): Misbehaviour {
  return (client) => {
    const id = client.nextId();
    return client.expect([id], { bytes: posted(JSON.stringify({ id })) + by, statuses: [200, status] });
  };
}

const MISBEHAVIOURS: Readonly<Record<string, Misbehaviour>> = {
  'chunks of one byte': alike((body) => `${CHUNKED}${tinyChunks(body)}0\r\n\r\n`),
  'chunk extensions and trailers': alike(
    (body) => `${CHUNKED}${tinyChunks(body, ';a="b"')}0;x\r\nTrailer: 1\r\n\r\n`,
  ),
  'half of the connection closed': alike((body) => posted(body), true),
  'absolute form': alike((body) => posted(body, { target: 'http://localhost/', headers: [CLOSE] })),
  'empty lines before a request': alike(
    (body, client) => '\r\n'.repeat(client.between(1, 50)) + posted(body, { headers: [CLOSE] }),
  ),
  'gzip in slices': packed(gzipSync, 'gzip'),
  'deflate in slices': packed(deflateSync, 'deflate'),
  'br in slices': packed(brotliCompressSync, 'br'),
  'a bomb of gzip': bomb(gzipSync, 'gzip'),
  'a bomb of br': bomb(brotliCompressSync, 'br'),
  'invalid HTTP after a request': followed('hello\r\n\r\n', 400),
  'huge headers after a request': followed(
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
  ),
  'half a body after a request': (client) => {
    const id = client.nextId();
    const bytes = posted(JSON.stringify({ id })) + posted('[1,2]').slice(0, -2);
    return client.expect([id], { bytes, statuses: [200, 400], halfCloses: true });
  },
  'requests sent ahead': (client) => {
    const ids = Array.from({ length: client.between(2, 40) }, () => client.nextId());
    const bytes = ids.map((id) => posted(JSON.stringify({ id }))).join('');
    return client.expect(ids, { bytes, statuses: ids.map(() => 200), halfCloses: true });
  },
  'permission asked for': (client) => {
    const id = client.nextId();
    const bytes = posted(JSON.stringify({ id }), { headers: ['Expect: 100-continue', CLOSE] });
    return client.expect([id], { bytes, statuses: [100, 200] });
  },
  'JSON that grows': (client) => {
    const bytes = posted(`[[${'{},'.repeat(client.between(150_000, 250_000))}{}]]`, { headers: [CLOSE] });
    return client.expect([], { bytes, statuses: [413] });
  },
  'a page from elsewhere': (client) =>
    client.expect([], {
      bytes: posted('[]', { headers: ['Origin: https://evil.example', CLOSE] }),
      statuses: [403],
    }),
  'a connection that breaks': async (client) => {
    const id = client.nextId();
    client.abandoned.add(id);
    const raw = await client.connect();
    raw.send(posted(JSON.stringify({ id })).slice(0, client.between(1, 200)));
    raw.socket.resetAndDestroy();
    await raw.closed;
    return undefined;
  },
};

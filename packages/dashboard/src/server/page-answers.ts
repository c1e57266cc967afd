// The files of the page as answers: packed once, and revalidated by their digest, so that a page after a new version of the
// package is never a mixture.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { loadPage } from '#page';
import type { Reply } from './answer.ts';

interface StoredFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
  readonly etag: string;
}

/** The page of one server. */
export class PageAnswers {
  #files: Promise<ReadonlyMap<string, StoredFile>> | undefined;

  /** The answer for a path; undefined for a path that is no file of the page. */
  async answer(path: string, { headers }: IncomingMessage): Promise<Reply | undefined> {
    if (!PageAnswers.has(path)) return undefined;
    this.#files ??= load();
    let files: ReadonlyMap<string, StoredFile>;
    try {
      files = await this.#files;
    } catch (error) {
      this.#files = undefined;
      throw error;
    }
    const file = files.get(path);
    if (file === undefined) return undefined;
    const { type, plain, packed, etag } = file;
    const shared = { 'Cache-Control': 'no-cache', ETag: etag, Vary: 'Accept-Encoding' };
    if (headers['if-none-match'] === etag) return { status: 304, type, body: '', headers: shared };
    const takesGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    return takesGzip
      ? { status: 200, type, body: packed, headers: { ...shared, 'Content-Encoding': 'gzip' } }
      : { status: 200, type, body: plain, headers: shared };
  }

  /** True for the path of a file of the page. */
  static has(path: string): boolean {
    return path === '/' || path === '/page.js' || path === '/page.css';
  }
}

async function load(): Promise<ReadonlyMap<string, StoredFile>> {
  const { html, script, style } = await loadPage();
  return new Map([
    ['/', await stored(html, 'text/html; charset=utf-8')],
    ['/page.js', await stored(script, 'text/javascript; charset=utf-8')],
    ['/page.css', await stored(style, 'text/css; charset=utf-8')],
  ]);
}

async function stored(text: string, type: string): Promise<StoredFile> {
  const plain = Buffer.from(text);
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, plain, packed: await promisify(gzip)(plain), etag };
}

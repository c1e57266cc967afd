// Packed files on the real file system: threads decompress the files, so the test waits for the lines.
import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { NodeStorage, type SourcePiece, SystemClock } from '@millrace/core';
import { RecordingReceiverContext } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textFiles, wholeFiles } from './index.ts';

const clock = new SystemClock();
const storage = new NodeStorage();
let directory = '';
let spool = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-gzip-'));
  spool = join(directory, 'spool');
  await mkdir(spool);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Keeps stored lines with their positions, and signals each store and each report. */
class Stored extends RecordingReceiverContext<string> {
  readonly pieces: { readonly lines: readonly string[]; readonly position: unknown }[] = [];
  #onNews: () => void = () => undefined;

  constructor(resumeFrom?: unknown) {
    super({ clock, storage, ...(resumeFrom === undefined ? {} : { resumeFrom }) });
  }

  get stored(): readonly string[] {
    return this.pieces.flatMap(({ lines }) => lines);
  }

  override storeText(bytes: Uint8Array, lineCount: number, position?: unknown): boolean {
    this.pieces.push({ lines: linesOf(bytes), position: structuredClone(position) });
    this.#onNews();
    return super.storeText(bytes, lineCount, position);
  }

  override reportError(message: string, error?: unknown): void {
    super.reportError(message, error);
    this.#onNews();
  }

  /** Resolves when the condition holds; checked at every signal. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#onNews = resolve));
  }
}

const linesOf = (bytes: Uint8Array) => Buffer.from(bytes).toString().split('\n').slice(0, -1);

async function moveIn(name: string, content: Uint8Array): Promise<void> {
  const draft = join(directory, name);
  await writeFile(draft, content);
  const soon = (clock.now() + 20) / 1_000;
  await utimes(draft, soon, soon);
  await rename(draft, join(spool, name));
}

const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
const packed = () => gzipSync(`\ufeff${lines.join('\r\n')}\r\n`);
const receiverOf = () => textFiles({ directory: spool, pollIntervalMs: 5, chunkBytes: 1_024 });

async function linesIn(pieces: AsyncIterable<SourcePiece<string>>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const piece of pieces) if (piece.kind !== 'records') found.push(...linesOf(piece.bytes));
  return found;
}

describe('textFiles with packed files', () => {
  it('stores the lines of a file whose name ends with .gz', async () => {
    const context = new Stored();
    const receiver = receiverOf().create();
    await context.start(receiver);
    await moveIn('a.log.gz', packed());
    await context.until(() => context.stored.length >= lines.length);
    await context.end(receiver);
    expect(context.stored).toEqual(lines);
    expect(context.errors).toEqual([]);
  });

  it('reads ranges of the file again, and continues behind any place in the file (BAT-4)', async () => {
    const context = new Stored();
    const configured = receiverOf();
    const receiver = configured.create();
    await context.start(receiver);
    await moveIn('a.log.gz', packed());
    await context.until(() => context.stored.length >= lines.length);
    await context.end(receiver);
    const { signal } = new AbortController();
    const { streamId, log, pieces } = context;
    const last = pieces.length - 1;
    for (const [from, to] of [
      [-1, last],
      [-1, 0],
      [0, 1],
      [3, last - 1],
      [last - 1, last],
    ] as const) {
      const range = { ...(from < 0 ? {} : { from: pieces[from]?.position }), to: pieces[to]?.position };
      const again = configured.readRange?.(range, { streamId, signal, clock, storage, log });
      const expected = pieces.slice(from + 1, to + 1).flatMap((piece) => piece.lines);
      expect(await linesIn(again ?? (async function* () {})())).toEqual(expected);
    }
    for (const place of [0, 2, last - 1]) {
      const rest = pieces.slice(place + 1).flatMap((piece) => piece.lines);
      const next = new Stored(pieces[place]?.position);
      const going = receiverOf().create();
      await next.start(going);
      await next.until(() => next.stored.length >= rest.length);
      await next.end(going);
      expect(next.stored).toEqual(rest);
    }
  });

  it('reports a file that is not a whole gzip file, and reads the other files', async () => {
    const context = new Stored();
    const receiver = receiverOf().create();
    await context.start(receiver);
    await moveIn('text.gz', Buffer.from('text\n'));
    await context.until(() => context.errors.length > 0);
    await moveIn('whole.gz', gzipSync('whole\n'));
    await context.until(() => context.stored.length > 0);
    await context.end(receiver);
    expect(context.stored).toEqual(['whole']);
    expect(context.errors[0]?.message).toContain('not a whole gzip file');
  });

  it('leaves whole files packed, and stores each once', async () => {
    const context = new RecordingReceiverContext<{ readonly bytes: Uint8Array }>({ clock, storage });
    let position: unknown;
    const stored = Promise.withResolvers<Uint8Array>();
    const store = context.store.bind(context);
    context.store = (record, place) => {
      position = structuredClone(place);
      stored.resolve(record.bytes);
      return store(record, place);
    };
    const configured = wholeFiles({ directory: spool, pollIntervalMs: 5 });
    const receiver = configured.create();
    await context.start(receiver as never);
    await moveIn('a.gz', packed());
    expect(Buffer.from(await stored.promise).equals(packed())).toBe(true);
    await context.end(receiver as never);
    const later = new RecordingReceiverContext<{ readonly bytes: Uint8Array }>({
      clock,
      storage,
      resumeFrom: position,
    });
    const seen = Promise.withResolvers<string>();
    later.store = ((record: { readonly name: string }) => {
      seen.resolve(record.name);
      return true;
    }) as never;
    const going = configured.create();
    await later.start(going as never);
    await moveIn('b.gz', packed());
    expect(await seen.promise).toBe('b.gz');
    await later.end(going as never);
  });
});

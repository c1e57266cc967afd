// Records written by the sink are read back unchanged by the receivers of the product. A record that would change is
// refused by the sink.
import { isMillraceError, ManualClock } from '@millrace/core';
import { MemoryStorage, RecordingReceiverContext, settle } from '@millrace/testing';
import { textFiles } from '@millrace/receiver-files';
import { replay } from '@millrace/receiver-replay';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesSink, type FilesSinkInput } from '../src/index.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };

/** Texts that are difficult for readers and encoders, among random texts. */
const piece = fc.oneof(
  fc.constantFrom(
    '',
    '\r',
    '\n',
    '\r\n',
    '\ufeff',
    '\ud800',
    '\udc00',
    '\0',
    '"',
    ',',
    ' ',
    '\u2028',
    '😀',
    'a',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const texts = fc.array(text, { maxLength: 4 });

/** A disk with the written records, or undefined when the sink refused a record. */
async function written(
  records: readonly unknown[],
  options: Partial<FilesSinkInput>,
  clock = new ManualClock(1_000_000),
): Promise<MemoryStorage | undefined> {
  const storage = new MemoryStorage({ clock });
  const sink = filesSink<unknown>({ directory: '/out', chunkBytes: 8, ...options }, storage);
  await sink.open?.();
  try {
    await sink.write(records, write);
    return storage;
  } catch (error) {
    if (!isMillraceError(error, 'MR_SINK_UNSUPPORTED_RECORD')) throw error;
    return undefined;
  } finally {
    await sink.close?.();
  }
}

/** The lines that `textFiles` reads from the written files. */
async function linesBack(records: readonly unknown[], options: Partial<FilesSinkInput>) {
  const clock = new ManualClock(1_000_000);
  const context = new RecordingReceiverContext<string>({ clock, storage: new MemoryStorage({ clock }) });
  const storage = await written(records, options, clock);
  if (storage === undefined) return undefined;
  Object.assign(context, { storage });
  const receiver = textFiles({ directory: '/out', newFilesOnly: false, chunkBytes: 3 }).create();
  await context.start(receiver);
  await settle();
  await clock.advance(2_000);
  await context.end(receiver);
  return context.lines;
}

/** The records that `replay` reads from the written files. */
async function recordsBack(
  records: readonly unknown[],
  options: Partial<FilesSinkInput> & { readonly columns?: string[] },
) {
  const storage = await written(records, options);
  if (storage === undefined) return undefined;
  const path = storage.paths().find((name) => !name.includes('.millrace'));
  if (path === undefined) return [];
  const context = new RecordingReceiverContext({ clock: new ManualClock(1_000_000), storage });
  const columns =
    options.header === false && options.columns !== undefined ? { columns: options.columns } : {};
  const delimiter = options.delimiter === undefined ? {} : { delimiter: options.delimiter };
  const receiver = replay({ file: path, timestamp: 't', speed: 'max', ...columns, ...delimiter }).create();
  await context.start(receiver as never);
  await settle();
  await receiver.stop({ kind: 'stopped', message: 'by the test' });
  expect(context.errors).toEqual([]);
  return context.records;
}

/** Fields without a value are omitted, and dates are texts, as in JSON. Nothing else is changed. */
function asDocumented(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asDocumented);
  if (value instanceof Date) return value.toISOString();
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, asDocumented(field)]));
}

/** The number of accepted inputs: a sink that refuses everything would pass otherwise. */
function counted() {
  const taken = { count: 0 };
  return {
    taken,
    check: (back: readonly unknown[] | undefined, expected: readonly unknown[]) => {
      if (back === undefined) return;
      taken.count += 1;
      expect(back).toStrictEqual(expected);
    },
  };
}

describe('records accepted by filesSink', () => {
  it('are read back from text files', async () => {
    const { taken, check } = counted();
    await fc.assert(
      fc.asyncProperty(texts, async (records) =>
        check(await linesBack(records, { format: 'text' }), records),
      ),
      { numRuns: 300 },
    );
    expect(taken.count).toBeGreaterThan(100);
  });

  it.each([[['a\r', 'b']], [['a', '\r']], [['\ufeffa']], [['\ud83d']], [['a\nb']], [[5]]])(
    'exclude %j as text',
    async (records) => {
      expect(await written(records, { format: 'text' })).toBeUndefined();
    },
  );

  it('include any other text', async () => {
    const records = ['a\rb', '', '\0', 'b', '\ufeffc', '', ' ', '\u2028', '\r\ra'];
    expect(await linesBack(records, { format: 'text' })).toEqual(records);
  });

  it('are read back from JSON', async () => {
    const { taken, check } = counted();
    const value = fc.anything({
      key: text,
      values: [
        text,
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
        fc.date(),
        fc.bigInt(),
      ],
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      maxDepth: 3,
    });
    const record = value.map((v) => ({ t: 1, v }));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 3 }), async (records) => {
        const back = await recordsBack(records, {});
        if (back !== undefined) check(back, records.map(asDocumented));
      }),
      { numRuns: 300 },
    );
    expect(taken.count).toBeGreaterThan(30);
  });

  it.each([
    [Number.NaN],
    [Infinity],
    [[undefined]],
    [new Map([['a', 1]])],
    [new Set([1])],
    [new Uint8Array(2)],
    [/x/],
    [new Date(Number.NaN)],
    ['\ud800'],
    [{ '\udc00': 1 }],
    [() => 1],
    [1n],
    [Array(2)],
  ])('exclude %o inside JSON', async (v) => {
    expect(await written([{ t: 1, v }], {})).toBeUndefined();
  });

  it('keep -0 and numbers of any size in JSON', async () => {
    const records = [{ t: 1, v: [-0, 0, { a: -0 }, 2 ** 53, 5e-324, 1.7e308, -1.5] }];
    expect(await recordsBack(records, {})).toStrictEqual(records);
  });

  it.each([
    [{ header: true, delimiter: ',' }],
    [{ header: false, delimiter: ',' }],
    [{ header: true, delimiter: ';' }],
    [{ header: false, delimiter: '\t' }],
    [{ header: true, delimiter: ' ' }],
  ])('are read back from CSV with %o', async (options) => {
    const { taken, check } = counted();
    const columns = ['t', 'a\rb', '\ufeff"c"'];
    const record = fc.tuple(text, text).map(([a, c]) => ({ t: '1', 'a\rb': a, '\ufeff"c"': c }));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 3 }), async (records) =>
        check(await recordsBack(records, { format: 'csv', columns, ...options }), records),
      ),
      { numRuns: 150 },
    );
    expect(taken.count).toBeGreaterThan(50);
  });

  it('are read back from CSV when a byte order mark would begin the file', async () => {
    for (const header of [true, false]) {
      const columns = ['\ufefft', 't'];
      const records = [{ '\ufefft': '\ufeffa', t: '1' }];
      expect(await recordsBack(records, { format: 'csv', columns, header })).toEqual(records);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { replay } from './replay.ts';
import { replayOptionsSchema, type ReplayInput } from './replay-options.ts';

const minimal = { file: 'flights.json', timestamp: 'date' };

describe('the options of replay', () => {
  it('have defaults for everything except the file and the timestamp', () => {
    expect(replayOptionsSchema.parse(minimal)).toMatchObject({
      format: 'json',
      timestampFormat: 'auto',
      speed: 1,
      order: 'file',
      onMalformed: 'skip',
      tickMs: 10,
    });
  });

  it.each([
    ['a.json', 'json'],
    ['a.NDJSON', 'ndjson'],
    ['dir.csv/a.jsonl', 'ndjson'],
    ['a.csv', 'csv'],
  ])('derive the format of %s from its extension', (file, format) => {
    expect(replayOptionsSchema.parse({ ...minimal, file })).toMatchObject({ format });
  });

  it('parse startAt in the format of the timestamps', () => {
    const input: ReplayInput = { ...minimal, startAt: '2001/01/14 21:55' };
    expect(replayOptionsSchema.parse(input).startAtMs).toBe(Date.UTC(2001, 0, 14, 21, 55));
  });

  it.each<[string, Partial<Record<keyof ReplayInput, unknown>>, string]>([
    ['a name that tells no format', { file: 'flights.txt' }, 'file'],
    ['a speed of 0', { speed: 0 }, 'speed'],
    ['an index that is no part of the whole', { partition: { index: 2, of: 2 } }, 'partition.index'],
    ['a start that is no time', { startAt: 'soon' }, 'startAt'],
    ['a delimiter that ends lines', { file: 'a.csv', delimiter: '\n' }, 'delimiter'],
    ['half of a character as a delimiter', { file: 'a.csv', delimiter: '\ud800' }, 'delimiter'],
    ['half of a character as a quote', { file: 'a.csv', quote: '\udc00' }, 'quote'],
    ['the quote as a delimiter', { file: 'a.csv', delimiter: '"' }, 'delimiter'],
    ['a quote like the delimiter', { file: 'a.csv', delimiter: ';', quote: ';' }, 'quote'],
    ['columns for JSON', { columns: ['a'] }, 'columns'],
    ['a delimiter for JSON', { delimiter: ';' }, 'delimiter'],
    ['a quote for JSON', { quote: 'none' }, 'quote'],
    ['trimming for JSON', { trim: true }, 'trim'],
    ['relaxed quotes for JSON', { relaxQuotes: true }, 'relaxQuotes'],
    ['a quote of two characters', { file: 'a.csv', quote: '""' }, 'quote'],
    ['a quote that is the delimiter', { file: 'a.csv', quote: ',' }, 'quote'],
    ['a gap below 0', { maxGapMs: -1 }, 'maxGapMs'],
    ['a column twice', { file: 'a.csv', columns: ['a', 'a'] }, 'columns'],
  ])('refuse %s', (_name, wrong, path) => {
    const options = { ...minimal, ...wrong } as ReplayInput;
    expect(() => replay(options)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(path) }),
    );
  });

  it('refuse an unknown name', () => {
    const misspelt = { ...minimal, sped: 2 };
    expect(() => replay(misspelt as ReplayInput)).toThrow(/sped/);
  });
});

describe('replay', () => {
  it('describes itself by its file and share', () => {
    expect(replay({ ...minimal, partition: { index: 1, of: 3 } }).description).toBe(
      'replay flights.json (1 of 3)',
    );
  });
});

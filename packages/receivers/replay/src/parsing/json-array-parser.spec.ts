import { describe, expect, it } from 'vitest';
import { parsed, records } from '../../test/parsed.ts';
import { JsonArrayParser } from './json-array-parser.ts';

const jsonArray = (maxRecordBytes = 1_024) => new JsonArrayParser({ maxRecordBytes });

describe('JsonArrayParser', () => {
  it('makes a record of each element, wherever chunks end', () => {
    const elements = [{ a: 1, s: 'é€😀 } ] "' }, { a: [1, { b: { c: null } }], t: true }, { a: -1.5e3 }, {}];
    const text = `\uFEFF ${JSON.stringify(elements, null, 1)} \n`;
    for (const chunkBytes of [1, 2, 3, 7, 1_000]) {
      expect(records(parsed(jsonArray(), text, chunkBytes))).toEqual(elements);
    }
  });

  it('reads an empty array as a file without records', () => {
    expect(parsed(jsonArray(), ' [ ] ')).toEqual([]);
  });

  it('counts elements that are not objects as malformed', () => {
    const items = parsed(jsonArray(), '[1,"x",[{"a":1}],{"a":2},null]');
    expect(items.map(({ kind }) => kind)).toEqual([
      'malformed',
      'malformed',
      'malformed',
      'record',
      'malformed',
    ]);
    expect(items[3]).toMatchObject({ position: { index: 3 } });
  });

  it('delivers everything before a mistake, then reports that the rest is unreadable', () => {
    for (const chunkBytes of [1, 1_000]) {
      const items = parsed(jsonArray(), '[{"a":1},{"a":2},{"a":oops},{"a":4}]', chunkBytes);
      expect(records(items)).toEqual([{ a: 1 }, { a: 2 }]);
      expect(items.at(-1)).toMatchObject({
        kind: 'unreadable',
        error: { code: 'MR_REPLAY_MALFORMED_FILE', details: { elements: 2 } },
      });
    }
  });

  it.each([
    ['a file that ends inside an element', '[{"a":1},{"a"'],
    ['a file that ends between elements', '[{"a":1},'],
    ['text behind the array', '[{"a":1}] x'],
  ])('finds %s', (_name, text) => {
    const items = parsed(jsonArray(), text);
    expect(items.map(({ kind }) => kind)).toEqual(['record', 'unreadable']);
  });

  it.each([
    ['an object instead of an array', '{"a":[{"b":1}]}'],
    ['an empty file', ''],
  ])('refuses %s', (_name, text) => {
    expect(parsed(jsonArray(), text).map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  it('ends at an element above the bound instead of storing the element', () => {
    const items = parsed(jsonArray(), `[{"a":1},{"a":"${'x'.repeat(100_000)}"}]`, 100);
    expect(items.map(({ kind }) => kind)).toEqual(['record', 'unreadable']);
  });

  it('keeps __proto__ as an ordinary field', () => {
    const [record] = records(parsed(jsonArray(), '[{"__proto__":{"evil":1}}]'));
    expect(Object.keys(record ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });

  it('ends at an element above the bound that begins and ends in one chunk', () => {
    for (const inner of [
      { v: 'x'.repeat(2_000) },
      { v: [{ v: 'x'.repeat(1_000) }, { v: 'y'.repeat(1_000) }] },
    ]) {
      for (const chunkBytes of [100, 1_000_000]) {
        const items = parsed(jsonArray(), JSON.stringify([{ t: 1 }, inner, { t: 2 }]), chunkBytes);
        expect(items.map(({ kind }) => kind)).toEqual(['record', 'unreadable']);
        expect(items.at(-1)).toMatchObject({
          error: { message: expect.stringContaining('at most 1024 bytes') },
        });
      }
    }
  });

  it('accepts any number of elements within the bound', () => {
    const elements = Array.from({ length: 1_000 }, (_, t) => ({ t, v: 'x'.repeat(900) }));
    expect(records(parsed(jsonArray(), JSON.stringify(elements)))).toHaveLength(1_000);
  });
});

import { describe, expect, it } from 'vitest';
import { cloneData } from '../src/clone-data.ts';

describe('a copy of data', () => {
  const message = {
    name: 'RunTask',
    count: -0,
    big: 12n,
    nothing: undefined,
    none: null,
    list: [1, [Number.NaN, { deep: true }]],
    blocks: new Map([['stream', [{ blockId: 'a' }]]]),
    names: new Set(['a']),
    at: new Date(5),
    bytes: new Uint8Array(new ArrayBuffer(8), 2, 4),
  };

  it('equals the result of structuredClone', () => {
    expect(cloneData(message)).toStrictEqual(structuredClone(message));
    expect(cloneData(Object.create(null))).toStrictEqual({});
    expect(cloneData('text')).toBe('text');
  });

  it('shares no object with the original', () => {
    const copy = cloneData(message);
    expect(copy.list[1]).not.toBe(message.list[1]);
    expect(copy.blocks.get('stream')).not.toBe(message.blocks.get('stream'));
    expect(copy.names).not.toBe(message.names);
    expect(copy.bytes.buffer).not.toBe(message.bytes.buffer);
  });

  it('keeps a view of a larger buffer a view', () => {
    expect(cloneData(message).bytes.byteOffset).toBe(2);
  });

  it('is refused for values that cannot be cloned, however deep', () => {
    for (const value of [() => 1, Symbol('s'), { deep: [() => 1] }, new Map([['key', Symbol('s')]])])
      expect(() => cloneData<unknown>(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }));
  });
});

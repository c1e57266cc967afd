import { describe, expect, it } from 'vitest';
import { EventFreezer } from './frozen-event.ts';

const freezer = new EventFreezer();

describe('EventFreezer', () => {
  it('copies to any depth and leaves the original unchanged', () => {
    const original = {
      batch: { inputs: new Map([[1, { count: 1 }]]), operations: [{ id: 1 }] },
      none: undefined,
    };
    const frozen = freezer.freeze(original);
    expect(frozen).toEqual(original);
    expect(Object.isFrozen(original.batch)).toBe(false);
    original.batch.operations[0] = { id: 2 };
    original.batch.inputs.get(1)!.count = 5;
    expect(frozen.batch.operations).toEqual([{ id: 1 }]);
    expect(frozen.batch.inputs.get(1)).toEqual({ count: 1 });
  });

  it('refuses changes at every level', () => {
    const { batch } = freezer.freeze({
      batch: { inputs: new Map([[1, { count: 1 }]]), tags: new Set(['a']), operations: [{ id: 1 }] },
    });
    const changes = [
      () => Object.assign(batch, { extra: 1 }),
      () => Object.assign(batch.operations[0]!, { id: 2 }),
      () => batch.operations.push({ id: 2 }),
      () => Object.assign(batch.inputs.get(1)!, { count: 2 }),
      () => batch.inputs.set(2, { count: 1 }),
      () => batch.inputs.delete(1),
      () => batch.inputs.clear(),
      () => batch.tags.add('b'),
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
    expect(batch).toEqual({
      inputs: new Map([[1, { count: 1 }]]),
      tags: new Set(['a']),
      operations: [{ id: 1 }],
    });
  });

  it('copies a map once for all events that have the map', () => {
    const inputs = new Map([[1, 1]]);
    expect(freezer.freeze({ inputs }).inputs).toBe(freezer.freeze({ inputs }).inputs);
  });

  it('passes on values that are not plain data, and values in a circle', () => {
    class Position {
      readonly offset = 1;
    }
    const position = new Position();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const frozen = freezer.freeze({ position, circle });
    expect(frozen.position).toBe(position);
    expect(Object.isFrozen(position)).toBe(false);
    expect(frozen.circle['self']).toBeDefined();
  });

  it('keeps a key named __proto__ as data', () => {
    const frozen = freezer.freeze(JSON.parse('{"__proto__":{"a":1}}') as object);
    expect(Object.getPrototypeOf(frozen)).toBe(Object.prototype);
    expect(Object.keys(frozen)).toEqual(['__proto__']);
    const inner = Object.values(frozen)[0] as object;
    expect([inner, Object.isFrozen(inner)]).toEqual([{ a: 1 }, true]);
  });

  it('copies objects without a prototype', () => {
    const original = Object.assign(Object.create(null) as Record<string, unknown>, { a: { b: 1 } });
    const frozen = freezer.freeze(original);
    expect(Object.getPrototypeOf(frozen)).toBeNull();
    expect([frozen['a'], Object.isFrozen(frozen['a'])]).toEqual([{ b: 1 }, true]);
    expect(frozen['a']).not.toBe(original['a']);
  });
});

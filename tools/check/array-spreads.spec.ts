import { describe, expect, it } from 'vitest';
import { arraySpreads, isChecked } from './array-spreads.ts';

describe('the check of spread arrays', () => {
  it.each([
    'const most = Math.max(...values);',
    'const most = Math.max(0, ...values.map((value) => value.length));',
    'all.push(...more);',
    'this.#all.push(\n  first,\n  ...more,\n);',
    'return new Array<T>().concat(...parts);',
    'call<T>(...some);',
    'run((x) => x, ...others);',
    'new Function(...names);',
  ])('finds %j', (text) => {
    expect(arraySpreads(text)).toHaveLength(1);
  });

  it('names the lines', () => {
    expect(arraySpreads('first();\nall.push(\n  ...more,\n);')).toEqual([3]);
  });

  it.each([
    'const all = [...some, ...others];',
    'call([...some]);',
    'call({ ...some });',
    'function union(...streams: readonly Stream[]) {}',
    'class A {\n  push(...records: readonly T[]): void {}\n}',
    'const wrapped = (...given) => given.length;',
    'const wrapped = (...given): number => given.length;',
    '// bounded: two arguments\ncall(...pair);',
    'call(...pair); // bounded: two arguments',
    "log('call(...pair)');",
    '// all.push(...more)',
  ])('accepts %j', (text) => {
    expect(arraySpreads(text)).toEqual([]);
  });

  it('checks sources and not their tests', () => {
    expect(isChecked('packages/engine/src/rdd/sinks.ts')).toBe(true);
    expect(isChecked('packages/receivers/http/src/http-run.ts')).toBe(true);
    expect(isChecked('packages/engine/src/rdd/sinks.spec.ts')).toBe(false);
    expect(isChecked('packages/sim/src/draw.ts')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { affinityOf } from './column-affinity.ts';

describe('affinityOf', () => {
  it.each([
    ['INTEGER', 'INTEGER'],
    ['unsigned bigint', 'INTEGER'],
    ['CHARINT', 'INTEGER'],
    ['VARCHAR(20)', 'TEXT'],
    ['clob', 'TEXT'],
    ['BLOB', 'BLOB'],
    ['', 'BLOB'],
    ['double precision', 'REAL'],
    ['FLOAT', 'REAL'],
    ['DECIMAL(10,2)', 'NUMERIC'],
    ['DATE', 'NUMERIC'],
  ])('of %o is %s', (declared, affinity) => {
    expect(affinityOf(declared)).toBe(affinity);
  });
});

import { describe, expect, it } from 'vitest';
import { camelCase, pascalCase, problemWithName, problemWithReceiverName } from './receiver-names.ts';

describe('names of receivers', () => {
  it('become identifiers', () => {
    expect([camelCase('a-2b-cd'), pascalCase('a-2b-cd'), camelCase('kafka')]).toEqual([
      'a2bCd',
      'A2bCd',
      'kafka',
    ]);
  });

  it.each(['Sensors', 'a_b', '-a', 'a-', '2a', '', 'a--b', '../a'])(
    'refuse %j, which is not kebab case',
    (name) => {
      expect(problemWithReceiverName(name)).toMatch(/in kebab case/);
    },
  );

  it.each(['switch', 'read-source', 'define-receiver', 'acknowledging-receiver'])(
    'refuse %j, which has a meaning in the code',
    (name) => {
      expect(problemWithReceiverName(name)).toMatch(/choose a longer name/);
    },
  );
});

describe('names of packages', () => {
  it.each(['receiver-a', '@acme/receiver-a', 'a.b_c'])('accept %j', (name) => {
    expect(problemWithName(name)).toBeUndefined();
  });

  it.each(['', 'A', '@acme', '@acme/', '../a', 'a/b', '.a', 'a b', 'node_modules', 'a"b'])(
    'refuse %j',
    (name) => {
      expect(problemWithName(name)).toMatch(/expected a package name/);
    },
  );
});

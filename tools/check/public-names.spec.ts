import { describe, expect, it } from 'vitest';
import { publicNames, unusedNames } from './public-names.ts';

const index = `// export { comment } from './comment.ts';
export { one, two as three } from './numbers.ts';
export type {
  Four,
  Five,
} from './types.ts';`;

describe('public names', () => {
  it('reads names, aliases and types of an index with the files that define them', () => {
    expect(publicNames(index)).toEqual([
      { name: 'one', isType: false, definedIn: './numbers.ts' },
      { name: 'three', isType: false, definedIn: './numbers.ts' },
      { name: 'Four', isType: true, definedIn: './types.ts' },
      { name: 'Five', isType: true, definedIn: './types.ts' },
    ]);
  });

  it('lists names that no other file mentions, and types that their own file mentions once', () => {
    const texts = new Map([
      ['index.ts', index],
      ['./numbers.ts', 'one(one); three(three);'],
      ['./types.ts', 'interface Four {}; interface Five {}; function size(of: Five): number'],
      ['user.ts', 'one + Fourth; three$'],
    ]);
    const unused = unusedNames('index.ts', publicNames(index), ({ definedIn }) => definedIn, texts);
    expect(unused).toEqual(['three', 'Four']);
  });
});

// `millrace` re-exports the names that programs use. This test finds names that were added to a package and are missing.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publicNames } from './public-names.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const namesOf = (index: string) => publicNames(readFileSync(`${root}${index}`, 'utf8'));
const exported = namesOf('packages/millrace/src/index.ts');
const names = new Set(exported.map(({ name }) => name));

/** Tables of codes and schemas of options serve tools; programs have the types. */
function isForTools({ name, isType }: { readonly name: string; readonly isType: boolean }): boolean {
  return !isType && /_ERROR_CODES$|Options(?:Schema)?$/.test(name);
}

describe('the package millrace', () => {
  it.each([
    'packages/engine/src/index.ts',
    'packages/threads/src/index.ts',
    'packages/receivers/http/src/index.ts',
    'packages/receivers/socket/src/index.ts',
    'packages/receivers/files/src/index.ts',
    'packages/receivers/replay/src/index.ts',
    'packages/sinks/files/src/index.ts',
    'packages/sinks/sqlite/src/index.ts',
  ])('has every name of %s for programs', (index) => {
    const missing = namesOf(index).filter((name) => !isForTools(name) && !names.has(name.name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('has each name once', () => {
    expect(exported).toHaveLength(names.size);
  });
});

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { callerWithin } from './caller-within.ts';

const FOLDER = join(import.meta.dirname, 'a-package');

type Call = () => string | undefined;

/** A function of a file: calls its argument, and returns what it returns. */
function codeOf(file: string, code = '(call) => call()'): (call: Call) => string | undefined {
  return new Script(code, { filename: file }).runInThisContext() as (call: Call) => string | undefined;
}

const watched: Call = () => callerWithin(FOLDER, watched);

describe('callerWithin', () => {
  it.each([join(FOLDER, 'src/read.ts'), pathToFileURL(join(FOLDER, 'src/read.ts')).href])(
    'names the line of %s',
    (file) => {
      expect(codeOf(file, '\n\n(call) => call()')(watched)).toBe(join('src', 'read.ts:3'));
    },
  );

  it('sees through functions of the language', () => {
    expect(codeOf(join(FOLDER, 'a.js'), '(call) => [1].map(call)[0]')(watched)).toBe('a.js:1');
  });

  it.each([
    ['a library of the package', join(FOLDER, 'node_modules/redis/index.js')],
    ['a library beside the package', join(FOLDER, '../node_modules/redis/index.js')],
    ['another package', join(FOLDER, '../another/src/index.ts')],
    ['Node', 'node:internal/deps/undici/undici'],
    ['no file', 'evalmachine.<anonymous>'],
  ])('passes over %s, also when the package has called it', (_, file) => {
    const library = codeOf(file);
    expect(library(watched)).toBeUndefined();
    expect(codeOf(join(FOLDER, 'src/read.ts'))(() => library(watched))).toBeUndefined();
  });

  it('finds the package again when a library calls back', () => {
    const own = codeOf(join(FOLDER, 'src/read.ts'));
    expect(codeOf(join(FOLDER, 'node_modules/redis/index.js'))(() => own(watched))).toBe(
      join('src', 'read.ts:1'),
    );
  });
});

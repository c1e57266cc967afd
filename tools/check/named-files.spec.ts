import { describe, expect, it } from 'vitest';
import { isChecked, missingFiles } from './named-files.ts';

const FILES = ['packages/engine/src/driver/driver.ts', 'scripts/release.mjs', 'src/a.module.ts'];

describe('the check of files that comments name', () => {
  it.each([
    '// The start is in `takeover.ts`.',
    ' * See jobs/driver.ts for the reason.',
    '  // a.other.ts',
    '/** Run by `publish.mjs`. */',
  ])('finds %j', (text) => {
    expect(missingFiles(text, FILES)).toHaveLength(1);
  });

  it('names the lines', () => {
    const [first, second] = ['takeover.ts', 'parts.ts'];
    expect(missingFiles(`// ${first}\nconst a = 1;\n// driver.ts, ${second}`, FILES)).toEqual([
      { name: first, line: 1 },
      { name: second, line: 3 },
    ]);
  });

  it.each([
    '// driver.ts',
    '// `driver/driver.ts` and scripts/release.mjs',
    '// Only *.module.ts files, and a.module.ts',
    "import { a } from './gone.ts';",
    '// ./relative.ts',
    '// a.tsx and b.json',
  ])('lets %j pass', (text) => {
    expect(missingFiles(text, FILES)).toEqual([]);
  });

  it('looks at packages and examples', () => {
    expect(isChecked('packages/engine/src/driver/driver.ts')).toBe(true);
    expect(isChecked('examples/flights/main.ts')).toBe(true);
    expect(isChecked('tools/check/folder-arrows.ts')).toBe(false);
  });
});

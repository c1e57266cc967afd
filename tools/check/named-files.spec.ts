import { describe, expect, it } from 'vitest';
import { isChecked, missingFiles, missingNames } from './named-files.ts';

const FILES = ['packages/engine/src/driver/driver.ts', 'scripts/release.mjs', 'src/a.module.ts'];

describe('the check of files that comments name', () => {
  it.each([
    '// The start is in `takeover.ts`.',
    ' * See jobs/driver.ts for the reason.',
    '  // a.other.ts',
    '/** Run by `publish.mjs`. */',
  ])('finds %j', (text) => {
    expect(missingFiles('a.ts', text, FILES)).toHaveLength(1);
  });

  it('names the lines', () => {
    const [first, second] = ['takeover.ts', 'parts.ts'];
    expect(missingFiles('a.ts', `// ${first}\nconst a = 1;\n// driver.ts, ${second}`, FILES)).toEqual([
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
    expect(missingFiles('a.ts', text, FILES)).toEqual([]);
  });

  it('reads every line of a page', () => {
    expect(missingFiles('a.md', 'Text about driver.ts and gone.ts', FILES)).toHaveLength(1);
  });

  it('looks at packages, examples and pages about the tree', () => {
    expect(isChecked('packages/engine/src/driver/driver.ts')).toBe(true);
    expect(isChecked('examples/flights/main.ts')).toBe(true);
    expect(isChecked('docs/ARCHITECTURE.md')).toBe(true);
    expect(isChecked('docs/guides/write-a-plugin.md')).toBe(false);
    expect(isChecked('tools/check/folder-arrows.ts')).toBe(false);
  });
});

describe('the check of names that rows lead to', () => {
  const textOf = (file: string) =>
    file === 'packages/a/b.ts' ? 'class Run { #stop() {} running = 1 }' : undefined;

  it('finds names that are not whole words of the file', () => {
    const page = ['| step | `a/b.ts` | `Run`, `#stop` |', '| step | `a/b.ts` | `run`, `stop`, `runn` |'].join(
      '\n',
    );
    expect(missingNames(page, textOf)).toEqual([
      { name: 'run in a/b.ts', line: 2 },
      { name: 'stop in a/b.ts', line: 2 },
      { name: 'runn in a/b.ts', line: 2 },
    ]);
  });

  it('leaves other rows and missing files alone', () => {
    expect(
      missingNames('| a | `a/b.ts` is good | `x` |\n| a | `a/c.ts` | `x` |\n| a | b | `x` |', textOf),
    ).toEqual([]);
  });
});

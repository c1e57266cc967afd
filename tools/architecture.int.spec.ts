// docs/ARCHITECTURE.md leads readers to files and names. This test follows each step, so that no file and no name can
// move without the page.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = readFileSync(`${root}docs/ARCHITECTURE.md`, 'utf8');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');

/** A row of a table with a file and the names to look for. */
const rows = [...page.matchAll(/^\|[^|]+\| `([\w./-]+\.ts)` +\|([^|]*)\|/gm)].map(
  ([, file = '', names = '']) => ({
    file: `packages/${file}`,
    names: [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }),
);

/** True when the text has the name as a whole word; `#` belongs to the word. */
function hasName(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w#])${name}(?!\\w)`).test(text);
}

describe('docs/ARCHITECTURE.md', () => {
  it('names files that exist', () => {
    const isThere = (path: string) => files.some((file) => `/${file}`.endsWith(`/${path}`));
    const named = [...page.matchAll(/`((?:[\w-]+\/)*[\w.-]+\.ts)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  it('maps folders that exist', () => {
    const [, map = ''] = /```text\n(packages\/core [\s\S]*?)```/.exec(page) ?? [];
    const folders = [
      ...map.matchAll(/^((?:[a-z-]+\/)*[a-z-]+)(?:\/\*)? {2,}|^(?:packages\/engine)? +([a-z-]+)\/ {2,}/gm),
    ];
    const missing = folders
      .map(([, path, inner]) => path ?? `src/${inner}`)
      .filter((path) => !files.some((file) => `/${file}`.includes(`/${path}/`)));
    expect(folders.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it('leads to names that the files contain', () => {
    expect(rows.length).toBeGreaterThan(50);
    const missing = rows.flatMap(({ file, names }) => {
      const text = files.includes(file) ? readFileSync(root + file, 'utf8') : '';
      return names.filter((name) => !hasName(text, name)).map((name) => `${file}: ${name}`);
    });
    expect(missing).toEqual([]);
  });
});

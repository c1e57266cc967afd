// docs/ARCHITECTURE.md maps the folders of the tree, and leads readers to files and names. `npm run check` follows the files
// and names (`check/named-files.ts`); this test follows the map, and counts the rows, so that no rewrite loses the way.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = readFileSync(`${root}docs/ARCHITECTURE.md`, 'utf8');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');

describe('docs/ARCHITECTURE.md', () => {
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

  it('follows a record, a batch time, a message and a death file by file', () => {
    const sections = new Map(page.split(/^## /m).map((section) => [section.split('\n')[0], section]));
    for (const title of ['record', 'batch time', 'message'].map((name) => `The way of a ${name}`)) {
      expect(sections.get(title)?.match(/^\| .*`[\w/-]+\.ts`/gm)?.length).toBeGreaterThan(9);
    }
    expect(sections.get('The death of an executor')?.match(/^\| .*`[\w/-]+\.ts`/gm)?.length).toBeGreaterThan(
      7,
    );
  });
});

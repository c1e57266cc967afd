// CONTRIBUTING.md names commands and files. This test finds missing files, unknown commands and unnamed commands.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const page = readFileSync(`${root}CONTRIBUTING.md`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');
const code = [...page.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text);

describe('CONTRIBUTING.md', () => {
  it('names scripts that exist, and every script', () => {
    const named = new Set(
      code.flatMap((text) => {
        const [, name] = /^npm (?:run )?([\w-]+)/.exec(text) ?? [];
        return name === undefined || ['install', 'ci', 'create'].includes(name) ? [] : [name];
      }),
    );
    const own = Object.keys(scripts).filter((name) => !name.startsWith('pre'));
    expect([...named].toSorted()).toEqual(own.toSorted());
  });

  it('names files and folders that exist', () => {
    const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`));
    const named = code
      .flatMap((text) => text.split(/\s/))
      .filter((word) => /^(?:packages|tools|docs|examples|scripts)\/[\w./-]+$/.test(word))
      .map((word) => word.replace(/\/$/, ''));
    expect(named.length).toBeGreaterThan(20);
    // Written by `npm run docs`, and not in git.
    expect(named.filter((path) => path !== 'docs/api' && !isThere(path))).toEqual([]);
  });

  it('names test files of packages by parts that are there', () => {
    const parts = code.flatMap((text) => {
      const [, name, part] = /vitest (?:run )?--project (\S+) ([a-z-]+)(?: |$)/.exec(text) ?? [];
      return name === undefined ? [] : [{ name, part: part ?? '' }];
    });
    expect(parts.length).toBeGreaterThan(2);
    const isThere = (part: string) => files.some((file) => file.includes(part) && file.endsWith('.spec.ts'));
    expect(parts.filter(({ part }) => !isThere(part))).toEqual([]);
  });
});

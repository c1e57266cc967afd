// The indexes of docs/spec and docs/adr are written by hand and therefore compared with the folders. The rules of the
// specs are cited by number, so the numbers have to be unique, complete and in one form.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROMISES } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';

const docs = new URL('../docs/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, docs), 'utf8');
const pagesOf = (folder: string) =>
  readdirSync(fileURLToPath(new URL(folder, docs)))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort();
const linksOf = (folder: string) =>
  [...read(`${folder}/README.md`).matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page).sort();

const specs = pagesOf('spec').map((page) => ({ page, text: read(`spec/${page}`) }));
const rules = specs.flatMap(({ page, text }) =>
  [...text.matchAll(/^- \*\*([A-Z]+)-(\d+)\*\* ([\s\S]*?)(?=^- |^#|$(?![\s\S]))/gm)].map(
    ([, area = '', number, body = '']) => ({ page, area, number: Number(number), body }),
  ),
);

describe.each(['spec', 'adr'])('docs/%s', (folder) => {
  it('lists every page in its index, once', () => {
    expect(pagesOf(folder).length).toBeGreaterThan(0);
    expect(linksOf(folder)).toEqual(pagesOf(folder));
  });
});

describe('docs/adr', () => {
  it('numbers decisions without gaps and gives each its five sections', () => {
    const pages = pagesOf('adr');
    expect(pages.map((page) => Number(page.slice(0, 4)))).toEqual(pages.map((_, i) => i + 1));
    for (const page of pages) {
      const text = read(`adr/${page}`);
      expect(text).toMatch(new RegExp(`^# ${page.slice(0, 4)}: `));
      const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      expect(sections).toEqual(['Context', 'Decision', 'Consequences', 'Alternatives', 'Log']);
    }
  });
});

describe('docs/spec', () => {
  it('numbers the rules of a page from 1 without gaps, under one area of its own', () => {
    const areas = specs.map(({ page }) => {
      const own = rules.filter((rule) => rule.page === page);
      const numbers = own.map(({ number }) => number);
      expect({ page, numbers }).toEqual({ page, numbers: own.map((_, i) => i + 1) });
      expect(numbers).not.toEqual([]);
      return [...new Set(own.map(({ area }) => area))].join();
    });
    expect(new Set(areas).size).toBe(specs.length);
    expect(areas.filter((area) => area.includes(','))).toEqual([]);
    const listed = [...read('spec/README.md').matchAll(/`([A-Z]+)-n`/g)].map(([, area]) => area);
    expect(areas.sort()).toEqual(listed.sort());
  });

  it('gives every rule its intent', () => {
    expect(
      rules.filter(({ body }) => !body.includes('_Why:_')).map(({ area, number }) => [area, number]),
    ).toEqual([]);
  });

  it('keeps rule areas apart from promises, and cites promises that exist', () => {
    const promises = new Set(Object.keys(PROMISES));
    const promiseAreas = new Set([...promises].map((id) => id.split('-')[0]));
    expect(rules.filter(({ area }) => promiseAreas.has(area))).toEqual([]);
    const cited = rules.flatMap(({ body }) => [...body.matchAll(/`([A-Z]{3}-\d+)`/g)].map(([, id]) => id));
    expect(cited.filter((id) => !promises.has(id ?? ''))).toEqual([]);
  });

  it('leaves no citation of a rule that does not exist', () => {
    const known = new Set(rules.map(({ area, number }) => `${area}-${number}`));
    const areas = [...new Set(rules.map(({ area }) => area))].join('|');
    const cited = specs.flatMap(({ text }) =>
      [...text.matchAll(new RegExp(`\\b(?:${areas})-\\d+\\b`, 'g'))].map(String),
    );
    expect(cited.filter((id) => !known.has(id))).toEqual([]);
  });
});

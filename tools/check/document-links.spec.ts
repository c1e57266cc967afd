import { describe, expect, it } from 'vitest';
import { deadLinks, documentLinks, headingIds, unpackedLinks } from './document-links.ts';

const targets = (links: readonly { readonly target: string }[]) => links.map(({ target }) => target);

describe('links of a page', () => {
  it('are found with their lines', () => {
    const text =
      'See [the rules](../spec/sink.md#replay).\n\n![badge](https://a.example/b.svg) [x](<y.md>)\n[z]: z.md';
    expect(documentLinks(text)).toEqual([
      { target: '../spec/sink.md#replay', line: 1 },
      { target: 'https://a.example/b.svg', line: 3 },
      { target: 'y.md', line: 3 },
      { target: 'z.md', line: 4 },
    ]);
  });

  it('are not searched for in code', () => {
    expect(documentLinks('`[a](b.md)` and ``x [a](c.md) ` ``\n\n```md\n[a](d.md)\n```\n[a](e.md)')).toEqual([
      { target: 'e.md', line: 6 },
    ]);
  });
});

describe('ids of headings', () => {
  it('equal the ids on GitHub', () => {
    const text =
      '# A `ts` block, run!\n\n## As many [threads](x.md)\n\n## Same\n\n## Same\n\n```sh\n# no heading\n```';
    expect([...headingIds(text)]).toEqual(['a-ts-block-run', 'as-many-threads', 'same', 'same-1']);
  });
});

describe('dead links', () => {
  const pages = new Map([
    [
      'docs/a.md',
      '# A\n\n[b](b.md) [b](b.md#part-one) [b](b.md#two) [c](c.md) [a](#a) [a](#z) [up](../src) [x](https://x.example)',
    ],
    ['docs/b.md', '# B\n\n## Part one'],
  ]);
  const exists = (path: string) => pages.has(path) || path === 'src';

  it('lead to a missing file or heading', () => {
    expect(targets(deadLinks('docs/a.md', { pages, exists }))).toEqual(['b.md#two', 'c.md', '#z']);
  });
});

describe('links of a packed README', () => {
  const FILES = ['dist', '!dist/**/*.tsbuildinfo', 'src', 'template'];

  it.each([
    'https://nodejs.org/',
    'mailto:a@b.example',
    '#options',
    'LICENSE',
    'src/index.ts',
    'template',
    'template/',
  ])('may lead to %s', (target) => {
    expect(unpackedLinks('packages/wal', `[a](${target})`, FILES)).toEqual([]);
  });

  it.each([
    '../threads',
    '../../docs/spec/sink.md',
    '../../README.md',
    'test',
    'srcs/a.ts',
    '/docs',
    'dist/../../core',
  ])('may not lead to %s', (target) => {
    expect(targets(unpackedLinks('packages/wal', `[a](${target})`, FILES))).toEqual([target]);
  });
});

import { expect, it } from 'vitest';
import { EQUAL_LINES_MAX, equalLines, isCompared } from './equal-lines.ts';

const found = (sources: Record<string, string>, max?: number) =>
  equalLines(new Map(Object.entries(sources)), max);

/** Lines that differ from each other. */
const lines = (count: number, name = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${name}(${index});\n`).join('');

const imports = "import { x } from './x.ts';\n".repeat(12);
const names = lines(12, 'name')
  .replaceAll(/\(|\);/g, '')
  .replaceAll('\n', ',\n');

it('finds a dozen equal lines in two files, from their first line on', () => {
  expect(
    found({ 'a.ts': `own();\n${lines(12)}`, 'b.ts': `other();\nmore();\n${lines(12)}end();\n` }),
  ).toEqual([{ first: { file: 'a.ts', line: 2 }, second: { file: 'b.ts', line: 3 }, length: 12 }]);
});

it('finds a copy inside one file', () => {
  expect(found({ 'a.ts': `${lines(12)}between();\n${lines(12)}` })).toEqual([
    { first: { file: 'a.ts', line: 1 }, second: { file: 'a.ts', line: 14 }, length: 12 },
  ]);
});

it('names a long copy once, at its full length', () => {
  expect(found({ 'a.ts': lines(40), 'b.ts': lines(40) })).toMatchObject([{ length: 40 }]);
});

it('names both copies of two passages', () => {
  const first = lines(12, 'first');
  const second = lines(15, 'second');
  expect(found({ 'a.ts': `${first}a();\n${second}`, 'b.ts': `${second}b();\n${first}` })).toMatchObject([
    { length: 15 },
    { length: 12 },
  ]);
});

it('compares neither indentation nor blank lines', () => {
  const apart = lines(12).replaceAll('\n', '\n\n').replaceAll('line', '    line');
  expect(found({ 'a.ts': lines(12), 'b.ts': apart })).toHaveLength(1);
});

it.each([
  ['eleven equal lines', { 'a.ts': lines(EQUAL_LINES_MAX), 'b.ts': lines(EQUAL_LINES_MAX) }],
  [
    'equal lines in another order',
    { 'a.ts': lines(12), 'b.ts': lines(12).split('\n').toReversed().join('\n') },
  ],
  ['a line that is repeated', { 'a.ts': 'push(0);\n'.repeat(20) }],
  [
    'imports, also over several lines',
    {
      'a.ts': `${imports}import {\n${names}} from './y.ts';\n`,
      'b.ts': `${imports}import {\n${names}} from './y.ts';\n`,
    },
  ],
])('accepts %s', (_, sources) => {
  expect(found(sources)).toEqual([]);
});

it('does not take two windows of one hash for copies', () => {
  // With windows of one line, hashes are the numbers of lines: thousands of lines differ all the same.
  expect(found({ 'a.ts': lines(5_000), 'b.ts': lines(5_000, 'other') }, 3)).toEqual([]);
});

it.each([
  ['packages/core/src/errors.ts', true],
  ['packages/dashboard/page/view/timelines.ts', true],
  ['examples/flights/main.ts', true],
  ['tools/check/equal-lines.ts', true],
  ['packages/core/src/errors.spec.ts', false],
  ['packages/engine/test/rdd-cluster.ts', false],
  ['packages/create-receiver/template-acknowledging/src/index.ts', false],
  ['docs/README.md', false],
])('compares %s: %s', (file, isSource) => {
  expect(isCompared(file)).toBe(isSource);
});

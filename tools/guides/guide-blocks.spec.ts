import { describe, expect, it } from 'vitest';
import { asShown, examplesOf, isRun, strayFences } from './guide-blocks.ts';

const PAGE = `# A page

\`\`\`ts
export function program() {}
\`\`\`

\`\`\`text
Time: 1000 ms
\`\`\`

\`\`\`ts run
console.log(1);
\`\`\`

\`\`\`ts file=src/options.ts
export const options = 1;
\`\`\`
`;

describe('the code blocks of a page', () => {
  it('are the ts blocks, each with its place and the following text block', () => {
    expect(examplesOf('a.md', PAGE)).toEqual([
      {
        place: 'a.md:4',
        code: 'export function program() {}\n',
        isScript: false,
        file: undefined,
        expected: 'Time: 1000 ms',
      },
      {
        place: 'a.md:12',
        code: 'console.log(1);\n',
        isScript: true,
        file: undefined,
        expected: undefined,
      },
      {
        place: 'a.md:16',
        code: 'export const options = 1;\n',
        isScript: false,
        file: 'src/options.ts',
        expected: undefined,
      },
    ]);
  });

  it('are run when they are scripts or export a program', () => {
    expect(examplesOf('a.md', PAGE).map(isRun)).toEqual([true, true, false]);
  });

  it('are reported when indented or with another mark', () => {
    expect(strayFences(PAGE)).toEqual([]);
    const stray = ['  ```ts', '```typescript', '```ts title=a.ts', '- ```ts'];
    expect(strayFences(stray.join('\n'))).toEqual(stray);
    expect(strayFences('```tsv\n```text\n```js')).toEqual([]);
  });

  it('omit ruled lines and empty lines of the output', () => {
    expect(asShown(`${'-'.repeat(43)}\nTime: 1000 ms  \n\n1\n`)).toBe('Time: 1000 ms\n1');
  });
});

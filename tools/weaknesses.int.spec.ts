// docs/reference/weaknesses.md names a test for each weakness. This test compares the page with the existing tests, so
// that no test can be renamed or removed without checking its purpose.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);

/** The rows of the page that name a test. */
async function rows(): Promise<readonly { readonly file: string; readonly title: string }[]> {
  const page = await readFile(new URL('docs/reference/weaknesses.md', ROOT), 'utf8');
  const matches = page.matchAll(/\| `([\w./-]+\.spec\.ts)`\s*\| (.*?)\s*\|$/gm);
  return [...matches].map(([, file = '', title = '']) => ({ file, title }));
}

describe('the page of weaknesses', () => {
  it('names existing tests', async () => {
    const missing: string[] = [];
    for (const { file, title } of await rows()) {
      const source = await readFile(new URL(`packages/${file}`, ROOT), 'utf8').catch(() => '');
      if (!source.includes(`'${title}'`)) missing.push(`${file}: ${title}`);
    }
    expect(missing).toEqual([]);
  });

  it('is not empty', async () => {
    expect((await rows()).length).toBeGreaterThan(20);
  });
});

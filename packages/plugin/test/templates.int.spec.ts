// The README of a template describes the template: a package is told about the README when the author has changed the sources.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { README_MATCH_CHECK } from '../src/checks/readme-match-check.ts';
import { readManifest } from '../src/plugin-manifest.ts';
import { madePlugin } from './made-plugin.ts';

function templatePlugin(name: string, changes: Readonly<Record<string, string>> = {}) {
  const folder = fileURLToPath(new URL(`../../create-receiver/${name}/`, import.meta.url));
  const sources = readdirSync(join(folder, 'src')).map((file) => `src/${file}`);
  const texts = new Map(
    ['README.md', ...sources].map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const),
  );
  for (const [path, text] of Object.entries(changes)) texts.set(path, text);
  const manifest = readManifest(JSON.stringify({ name: 'receiver-wind', description: 'Reads the wind' }));
  const read = (path: string) => texts.get(path)?.replaceAll('A receiver for Millrace', 'Reads the wind');
  return { ...madePlugin(), manifest, files: [...texts.keys()], text: read };
}

describe.each(['template', 'template-acknowledging'])('the README of %s', (name) => {
  it('describes the sources of the template', async () => {
    expect(await README_MATCH_CHECK.find(templatePlugin(name))).toEqual([]);
  });

  it('is noticed when the options are others', async () => {
    const options = name === 'template' ? 'src/sample-feed.options.ts' : 'src/sample-queue.options.ts';
    const source = 'export const sampleOptions = z.strictObject({\n  masts: z.int(),\n});\n';
    const problems = await README_MATCH_CHECK.find(
      templatePlugin(name, { [options]: source, 'src/read-source.ts': '' }),
    );
    expect(problems).toContain('the README does not explain the option masts');
    expect(problems.join('\n')).toMatch(
      /explains an option maxLineBytes|explains an option queue|maxMessageBytes/,
    );
  });
});

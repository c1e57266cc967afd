// Checks that the README describes the packed sources. A package that began as a template keeps the template's README until
// somebody rewrites the page; its options and guarantees are then those of another receiver.
import type { PluginCheck, Problem } from '../plugin-check.ts';
import type { PluginTarball } from '../plugin-tarball.ts';
import { sourceTexts } from './provided-ports.ts';
import { readmeOf } from './text-check.ts';

/** The description of `create-millrace-receiver`, before the author writes another. */
const TEMPLATE_DESCRIPTION = 'A receiver for Millrace';
const CLAIMS = ['ack', 'ordering', 'format'] as const;

/** `readme-match`: the README is about these sources. */
export const README_MATCH_CHECK: PluginCheck = {
  id: 'readme-match',
  title: 'the README describes these sources, and no template',
  find: (plugin) => {
    const readme = readmeOf(plugin);
    const sources = sourceTexts(plugin).join('\n');
    if (readme === undefined || sources === '') return [];
    return [
      ...descriptionProblems(readme, plugin),
      ...optionProblems(readme, sources, plugin),
      ...claimProblems(readme, sources),
      ...pathProblems(readme, plugin),
    ];
  },
};

function descriptionProblems(readme: string, { manifest }: PluginTarball): readonly Problem[] {
  const isTemplate = manifest.description === TEMPLATE_DESCRIPTION || hasLine(readme, TEMPLATE_DESCRIPTION);
  return isTemplate
    ? [
        `the description is still "${TEMPLATE_DESCRIPTION}": say in the manifest and in the README what the receiver reads`,
      ]
    : [];
}

/** The first column of the table below the heading Options, against the sources and the schemas in `src/*.options.ts`. */
function optionProblems(readme: string, sources: string, { files, text }: PluginTarball): readonly Problem[] {
  const [, section = ''] = /^## Options\b.*\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(readme) ?? [];
  const explained = [...section.matchAll(/^\| `([\w.]+)`/gm)].map(([, name = '']) => name);
  const unknown = explained.filter((name) => !hasWord(sources, name.split('.').at(-1) ?? name));
  const schemas = files
    .filter((file) => /^src\/[^/]*\.options\.ts$/.test(file))
    .map((file) => text(file) ?? '');
  const options = schemas.flatMap((schema) =>
    [...schema.matchAll(/^ {2}(\w+):\s*\w/gm)].map(([, name = '']) => name),
  );
  const untold = [...new Set(options)].filter((name) => !hasWord(readme, name));
  return [
    ...unknown.map((name) => `the README explains an option ${name}, which the sources never name`),
    ...untold.map((name) => `the README does not explain the option ${name}`),
  ];
}

function claimProblems(readme: string, sources: string): readonly Problem[] {
  return CLAIMS.flatMap((claim) => {
    const pattern = new RegExp(`\\b${claim}: ['"]([\\w-]+)['"]`, 'g');
    const claimed = valuesOf(readme, pattern);
    const real = valuesOf(sources, pattern);
    if (real.size === 0) return [];
    return [...claimed.difference(real)].map(
      (value) => `the README claims ${claim}: '${value}', and the sources say '${[...real].join("' and '")}'`,
    );
  });
}

function pathProblems(readme: string, { files }: PluginTarball): readonly Problem[] {
  const named = valuesOf(readme, /`(src\/[\w./-]+\.[cm]?[jt]s)`/g);
  return [...named]
    .filter((path) => !files.includes(path))
    .map((path) => `the README names ${path}, which is not packed`);
}

function valuesOf(text: string, pattern: RegExp): Set<string> {
  return new Set([...text.matchAll(pattern)].map(([, value = '']) => value));
}

function hasLine(text: string, line: string): boolean {
  return text.split('\n').some((one) => one.trim() === line);
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text);
}

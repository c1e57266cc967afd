// The customs of this tree that no linter knows: every source file states its purpose at the top, every export is
// documented, plugins are packages of one shape, and no file names a machine's own folders.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { arraySpreads, isChecked as mayNotSpread } from './array-spreads.ts';
import { deadLinks, unpackedLinks } from './document-links.ts';
import { equalLines, isCompared } from './equal-lines.ts';
import { fileCircles } from './file-circles.ts';
import { circularArrows, circularTypeArrows, folderArrows } from './folder-arrows.ts';
import { isChecked as namesFiles, missingFiles, missingNames } from './named-files.ts';
import { isShippedSource, repeatedTypes } from './one-type-one-name.ts';
import { missingTests, WEAKNESSES_PAGE } from './named-tests.ts';
import { NAME_LIMITS, publicNames, unusedNames } from './public-names.ts';
import { isChecked, wallTimeLengths } from './wall-time-lengths.ts';

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const problems = [];
const EXPORT = /^export (?:abstract )?(?:class|interface|function|async function|type|const) /;
const MACHINE_FOLDER = new RegExp(`(^|[\\s"'\`(=])/(${['home', 'root', 'work', 'Users'].join('|')})/`);

/** True when line `index` follows the end of a doc comment. */
function isDocumented(lines, index) {
  let before = index - 1;
  while (before >= 0 && lines[before].trim() === '') before -= 1;
  return before >= 0 && lines[before].trimEnd().endsWith('*/');
}

const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * Fields without which a release would fail: provenance, for instance, needs the folder of each package in the
 * repository.
 */
function releaseProblems(folder, fields) {
  const { access, provenance } = fields.publishConfig ?? {};
  const wanted = repository === undefined ? undefined : { ...repository, directory: folder };
  return [
    access !== 'public' && 'publishConfig.access is not "public"',
    provenance !== true && 'publishConfig.provenance is not true',
    !Array.isArray(fields.files) && '"files" is missing',
    !fields.description && 'the description is missing',
    fields.license !== 'Apache-2.0' && 'the licence is not that of the repository',
    JSON.stringify(fields.repository) !== JSON.stringify(wanted) &&
      `repository is not ${JSON.stringify(wanted)}`,
  ]
    .filter((problem) => problem !== false)
    .map((problem) => `${folder}/package.json: ${problem}`);
}

for (const file of files.filter((name) => /^packages\/.*\/src\/.*\.ts$/.test(name))) {
  const isTest = /\.(spec|spec-d)\.ts$/.test(file);
  const lines = readFileSync(file, 'utf8').split('\n');
  if (!isTest && !lines[0].startsWith('//') && !lines[0].startsWith('#!')) {
    problems.push(`${file}: state the purpose of the file at the top`);
  }
  if (isTest || /\/index\.ts$|\/src\/(?:engine|internals|observation)\.ts$/.test(file)) continue;
  lines.forEach((line, index) => {
    const isToken = /= portToken</.test(line);
    if (EXPORT.test(line) && !isToken && !isDocumented(lines, index)) {
      problems.push(`${file}:${index + 1}: an export without a doc comment`);
    }
  });
}

for (const manifest of files.filter((name) => /^packages\/.*\/package\.json$/.test(name))) {
  const folder = manifest.slice(0, -'/package.json'.length);
  const { private: isPrivate, ...fields } = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const needed of isPrivate
    ? ['README.md']
    : ['README.md', 'LICENSE', 'src/index.ts', 'tsconfig.build.json']) {
    if (!existsSync(`${folder}/${needed}`)) problems.push(`${folder}: ${needed} is missing`);
  }
  if (!isPrivate) problems.push(...releaseProblems(folder, fields));
}

for (const file of files.filter(
  (name) => /\.(ts|mjs|js|json|md|ya?ml|sh)$/.test(name) && name !== 'package-lock.json',
)) {
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (MACHINE_FOLDER.test(line)) problems.push(`${file}:${index + 1}: a path of one machine`);
    });
}

const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
for (const file of files.filter(namesFiles)) {
  const text = readFileSync(file, 'utf8');
  for (const { name, line } of missingFiles(file, text, files)) {
    problems.push(`${file}:${line}: no file of the tree is named ${name}`);
  }
  if (!file.endsWith('.md')) continue;
  for (const { name, line } of missingNames(text, textOf)) {
    problems.push(`${file}:${line}: there is no ${name}`);
  }
}

for (const { file, title, line } of missingTests(readFileSync(WEAKNESSES_PAGE, 'utf8'), textOf)) {
  problems.push(`${WEAKNESSES_PAGE}:${line}: ${file} has no test '${title}'; name the test of today`);
}

const pages = new Map(
  files.filter((name) => name.endsWith('.md')).map((name) => [name, readFileSync(name, 'utf8')]),
);
for (const page of pages.keys()) {
  for (const { target, line } of deadLinks(page, { pages, exists: existsSync })) {
    problems.push(`${page}:${line}: the link ${target} leads to nothing`);
  }
}
const published = files
  .filter((name) => /^packages\/.*\/package\.json$/.test(name))
  .map((name) => ({ folder: posix.dirname(name), ...JSON.parse(readFileSync(name, 'utf8')) }))
  .filter((manifest) => !manifest.private);
const templates = files.filter((name) => /\/template[^/]*\/README\.md$/.test(name));
for (const { folder, files: packed } of [
  ...published,
  ...templates.map((name) => ({ folder: posix.dirname(name), files: ['src'] })),
]) {
  for (const { target, line } of unpackedLinks(folder, pages.get(`${folder}/README.md`) ?? '', packed)) {
    problems.push(
      `${folder}/README.md:${line}: readers of the package cannot open ${target}; name the document or package in text`,
    );
  }
}

for (const file of files.filter(isChecked)) {
  for (const line of wallTimeLengths(readFileSync(file, 'utf8'))) {
    problems.push(
      `${file}:${line}: a length of time by the wall clock; use after, sleepFor or monotonicMs, or msUntil for an instant`,
    );
  }
}

for (const file of files.filter(mayNotSpread)) {
  for (const line of arraySpreads(readFileSync(file, 'utf8'))) {
    problems.push(
      `${file}:${line}: an array is spread into arguments; use a loop, concat or reduce, or state the bound of the array (// bounded: …)`,
    );
  }
}

const packages = new Set(
  files
    .filter((name) => /^packages\/.*\/package\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(name, 'utf8')).name),
);
for (const file of files.filter((name) => /^\.changeset\/.*\.md$/.test(name))) {
  const [, front = ''] = readFileSync(file, 'utf8').split('---\n');
  for (const [, name] of front.matchAll(/^['"]?([^'":\n]+)['"]?:/gm)) {
    if (!packages.has(name)) problems.push(`${file}: no package of the workspace is named ${name}`);
  }
}

const isSource = (name) => /^packages\/.*\/src\/.*\.ts$/.test(name) && !/\.(spec|spec-d)\.ts$/.test(name);
for (const root of new Set(files.filter(isSource).map((name) => name.slice(0, name.indexOf('/src/') + 5)))) {
  const sources = files.filter((name) => isSource(name) && name.startsWith(root));
  const texts = new Map(sources.map((name) => [name.slice(root.length), readFileSync(name, 'utf8')]));
  for (const arrow of circularArrows(folderArrows(texts))) {
    problems.push(
      `${root}: ${arrow.from} and ${arrow.to} import each other by value; move what both need below them (${arrow.files.join(', ')})`,
    );
  }
  if (!isShippedSource(`${root}index.ts`)) continue;
  for (const circle of fileCircles(new Map([...texts].map(([name, text]) => [`${root}${name}`, text])))) {
    problems.push(
      `${root}: files import each other, if only types; move the type below (${circle.join(', ')})`,
    );
  }
  for (const arrow of circularTypeArrows(texts)) {
    problems.push(
      `${root}: ${arrow.from} and ${arrow.to} import each other's types; move the type below both (${arrow.files.join(', ')})`,
    );
  }
}

const compared = new Map(files.filter(isCompared).map((name) => [name, readFileSync(name, 'utf8')]));
for (const { first, second, length } of equalLines(compared)) {
  problems.push(
    `${second.file}:${second.line}: ${length} lines are equal to those from ${first.file}:${first.line} on; share one place`,
  );
}

const texts = new Map(
  files.filter((name) => /\.(ts|mts|md)$/.test(name)).map((name) => [name, readFileSync(name, 'utf8')]),
);
for (const { name, files: declaring } of repeatedTypes(
  new Map([...texts].filter(([file]) => isShippedSource(file))),
)) {
  problems.push(
    `the type ${name} is declared in ${declaring.join(' and ')}; share one, or give each its own name`,
  );
}
for (const index of files.filter((name) =>
  /^packages\/.*\/src\/(?:index|engine|internals)\.ts$/.test(name),
)) {
  if (index.includes('/template')) continue;
  const names = publicNames(texts.get(index) ?? '');
  const limit = NAME_LIMITS[index] ?? Number.POSITIVE_INFINITY;
  if (names.length > limit) problems.push(`${index}: ${names.length} public names, of ${limit} at most`);
  const home = ({ definedIn }) => posix.join(posix.dirname(index), definedIn);
  for (const name of unusedNames(index, names, home, texts)) {
    problems.push(`${index}: nothing in the tree uses the public name ${name}`);
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

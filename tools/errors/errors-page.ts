// The reference page of error codes, as text.
import type { Disposition } from '@millrace/core';
import type { CodeEntry } from './error-tables.ts';

/** The path of the page, from the root of the repository. */
export const ERRORS_PAGE = 'docs/reference/errors.md';

const DISPOSITIONS: Readonly<Record<Disposition, string>> = {
  retry: 'try the same operation again, soon',
  'back-off': 'try the same operation again, with growing delays; stop the source meanwhile',
  'skip-record': 'leave the record out, count the record, log the record',
  'fail-batch': 'fail the batch, as configured by `onBatchFailure`',
  'stop-engine':
    'stop the engine with this error, and never try again; inside a job, `onBatchFailure` decides instead',
};

/** Renders the page: the core package first, then the others by name, codes by name. */
export function renderErrorsPage(codes: readonly CodeEntry[]): string {
  const names = [...new Set(codes.map(({ packageName }) => packageName))].toSorted(coreFirst);
  const dispositions = Object.entries(DISPOSITIONS).map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const sections = names.map((name) => renderPackage(name, codes));
  return `# Error codes

<!-- Generated from the tables of the packages by tools/errors/render.ts. Do not edit it here. -->

Every operational error is a \`MillraceError\` with a \`code\`. Codes are stable within a major version, messages may improve
at any time: match on the code, with \`isMillraceError(error, 'MR_…')\`. The \`disposition\` is the engine's default
reaction to an error:

${dispositions.join('\n')}

${sections.join('\n\n')}
`;
}

function renderPackage(name: string, codes: readonly CodeEntry[]): string {
  const own = codes
    .filter(({ packageName }) => packageName === name)
    .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return [`## ${name}`, ...own.map(renderCode)].join('\n\n');
}

function renderCode({ code, meaning, disposition }: CodeEntry): string {
  return `### ${code}\n\n${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.\n\nDisposition: \`${disposition}\`.`;
}

function coreFirst(a: string, b: string): number {
  const rank = (name: string) => (name === '@millrace/core' ? `0${name}` : `1${name}`);
  return rank(a) < rank(b) ? -1 : 1;
}

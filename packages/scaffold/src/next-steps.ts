// The last words of a create command: the written files, and the commands that follow.
import { relative, sep } from 'node:path';

/** The new project, and the lines of its next steps. */
export interface NextSteps {
  readonly folder: string;
  readonly packageName: string;
  readonly fileCount: number;
  /** A line for each step after `npm install`. */
  readonly steps: readonly string[];
}

/** The text, which ends with a newline. */
export function nextSteps({ folder, packageName, fileCount, steps }: NextSteps): string {
  const place = relative(process.cwd(), folder).split(sep).join('/');
  const lines = [...(place === '' ? [] : [`cd ${place}`]), 'npm install', ...steps];
  return `${packageName}: ${fileCount} files written\n\nNext:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

// The command line of `millrace-plugin`.
import { escapeControls } from '@millrace/core/engine';
import { Command } from 'commander';
import type { CheckOutcome } from './plugin-check.ts';
import { openPlugin } from './plugin-tarball.ts';
import { validatePlugin } from './validate-plugin.ts';

/** The environment of a run. */
export interface PluginCommandDeps {
  readonly write: (text: string) => void;
  /** Called with the number of problems once all checks have run. */
  readonly end: (problemCount: number) => void;
}

/** The command; `parseAsync` runs it. Rejects when there is no package, or the package cannot be packed. */
export function createCommand({ write, end }: PluginCommandDeps): Command {
  const command = new Command('millrace-plugin').description('For authors of Millrace plugins.');
  command
    .command('validate')
    .description('Validates a Millrace plugin package before publishing and lists the problems.')
    .argument('[path]', 'the folder of the package, which is packed first, or a tarball', '.')
    .option('--json', 'print the outcome as JSON')
    .action(async (path: string, { json = false }: { readonly json?: boolean }) => {
      const plugin = await openPlugin(path);
      const outcomes = await validatePlugin(plugin);
      const { name, version } = plugin.manifest;
      write(
        json
          ? `${JSON.stringify({ name, version, outcomes }, undefined, 2)}\n`
          : render(`${name}@${version}`, outcomes),
      );
      end(outcomes.flatMap(({ problems }) => problems).length);
    });
  return command;
}

function render(what: string, outcomes: readonly CheckOutcome[]): string {
  const lines = outcomes.flatMap(({ id, title, problems, note }) => [
    `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${id}: ${title}`,
    ...problems.map((problem) => `       - ${escapeControls(problem)}`),
    ...(note === undefined ? [] : [`       (${escapeControls(note)})`]),
  ]);
  const count = outcomes.flatMap(({ problems }) => problems).length;
  const summary = count === 0 ? 'ready for publishing' : `${count} to fix before publishing`;
  return [...lines, `${escapeControls(what)}: ${summary}`, ''].join('\n');
}

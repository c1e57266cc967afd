// A guide as executable steps: its shell blocks and its files, in order. The steps are exactly the text that a reader
// copies.
//
//   ```sh                          a step: commands
//   ```ts file=src/read-source.ts  a step: the whole content of a file
//   ```ts application              no step: an application of the guide's package, which has to compile
//   ```ts, ```text, …              to be read only

/** One step of a guide. */
export type GuideStep =
  | { readonly kind: 'commands'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string };

/** The steps of a guide, in order. */
export function guideSteps(markdown: string): readonly GuideStep[] {
  return [...markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].flatMap<GuideStep>(
    ([, info = '', text = '']) => {
      const path = /\bfile=(\S+)/.exec(info)?.[1];
      if (path !== undefined) return [{ kind: 'file', path, text }];
      return /^sh\b/.test(info) ? [{ kind: 'commands', text }] : [];
    },
  );
}

/** The applications in a guide. */
export function guideApplications(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```ts application\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
}

/**
 * One script for the whole guide: a `cd` in one step applies to the next step. The script ends at the first failure.
 */
export function guideScript(steps: readonly GuideStep[]): string {
  const parts = steps.map((step) => {
    if (step.kind === 'commands') return `cat <<'SHOWN'\n${step.text}SHOWN\n${step.text}`;
    return `mkdir -p "$(dirname '${step.path}')"\ncat > '${step.path}' <<'GUIDE_FILE'\n${step.text}GUIDE_FILE\n`;
  });
  return ['set -euo pipefail\n', ...parts].join('');
}

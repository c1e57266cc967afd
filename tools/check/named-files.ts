// Looks at the files that comments name. A reader who follows a name of an earlier layout finds nothing, and no compiler
// notices: `block-cutter.ts` in a comment stays when the file becomes another.

/** Comments of the packages; the tools have made-up names in their own. */
const CHECKED = /^(?:packages|examples)\/.*\.(?:ts|mjs)$/;
const COMMENT = /^\s*(?:\/\/|\/\*\*?|\*)/;
const NAMED = /(?<![\w./@*-])((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|mjs))\b/g;

/** True for files whose comments are looked at. */
export function isChecked(file: string): boolean {
  return CHECKED.test(file);
}

/** One name in a comment that no file of the tree has. */
export interface MissingFile {
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/** The names of source files in comments of a text that are no end of a path of the tree. */
export function missingFiles(text: string, files: readonly string[]): readonly MissingFile[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      COMMENT.test(content)
        ? [...content.matchAll(NAMED)]
            .map(([, name = '']) => ({ name, line: index + 1 }))
            .filter(({ name }) => !files.some((file) => file === name || file.endsWith(`/${name}`)))
        : [],
    );
}

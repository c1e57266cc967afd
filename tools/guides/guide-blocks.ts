// The code blocks of a page of documents. A `ts` block is one whole module; a `text` block right behind the code is the
// printed output. This file only reads pages: `guides.int.spec.ts` compiles and runs the blocks.

/** One `ts` block of a page. */
export interface GuideExample {
  /** Page and line of the first line of code, for people: `docs/guides/operators.md:12`. */
  readonly place: string;
  readonly code: string;
  /** A `ts run` block: a module that is run unchanged and has an end. */
  readonly isScript: boolean;
  /** The name of a `ts file=NAME` block, under which other blocks of the page import the module. */
  readonly file: string | undefined;
  /** The content of the `text` block behind the code; undefined without such a block. */
  readonly expected: string | undefined;
}

/** The `ts` blocks of a page, in order. */
export function examplesOf(page: string, text: string): readonly GuideExample[] {
  const blocks = [
    ...text.matchAll(/^```ts( run)?(?: file=(\S+))?\n([\s\S]*?)^```$(?:\n+```text\n([\s\S]*?)^```$)?/gm),
  ];
  return blocks.map(({ index, 1: run, 2: file, 3: code = '', 4: expected }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
    code,
    isScript: run !== undefined,
    file,
    expected: expected?.trimEnd(),
  }));
}

/** The first lines of the blocks with TypeScript that `examplesOf` skips: indented, or with another mark. */
export function strayFences(text: string): readonly string[] {
  return [...text.matchAll(/^.*```\s*(?:ts|tsx|typescript|mts)\b.*$/gm)]
    .map(String)
    .filter((line) => !/^```ts( run)?(?: file=\S+)?$/.test(line));
}

/** True for a block to run: a script, or a module with an exported function `program`. */
export function isRun({ code, isScript }: GuideExample): boolean {
  return isScript || /^export (?:async )?function program\(/m.test(code);
}

/** The output of a program as pages show the output: without the ruled lines of `print` and without empty lines. */
export function asShown(printed: string): string {
  return printed
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^-{43}$/.test(line))
    .join('\n');
}

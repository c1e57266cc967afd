// The code blocks of a guide. A `ts` block is one whole module; a `text` block right behind it is what it prints. This
// only reads pages: `guides.int.spec.ts` compiles and runs what it finds.

/** One `ts` block of a guide. */
export interface GuideExample {
  /** Page and line of its first line of code, for people: `operators.md:12`. */
  readonly place: string;
  readonly code: string;
  /** What the `text` block behind it says; undefined: there is none. */
  readonly expected: string | undefined;
}

/** The `ts` blocks of a page, in their order. */
export function examplesOf(page: string, text: string): readonly GuideExample[] {
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$(?:\n+```text\n([\s\S]*?)^```$)?/gm)];
  return blocks.map(({ index, 1: code = '', 2: expected }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length + 1}`,
    code,
    expected: expected?.trimEnd(),
  }));
}

/** Whether the block is run: it has an exported function `program`. */
export function isProgram({ code }: GuideExample): boolean {
  return /^export (?:async )?function program\(/m.test(code);
}

/** What a program has printed as guides show it: without the ruled lines of `print` and without empty lines. */
export function asShown(printed: string): string {
  return printed
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^-{43}$/.test(line))
    .join('\n');
}

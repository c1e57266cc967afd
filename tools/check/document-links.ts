// Checks the links of Markdown pages. In the repository a link leads to a file of the tree and to an existing heading.
// The README of a published package is also read outside the repository, on the page of a registry or in
// `node_modules`: there a relative link leads to a file of the package or nowhere.
import { posix } from 'node:path';

/** One link of a page. */
export interface DocumentLink {
  /** As written, for instance `../spec/sink.md#replay`. */
  readonly target: string;
  /** From 1. */
  readonly line: number;
}

/** The links of a page, without those in code. */
export function documentLinks(text: string): readonly DocumentLink[] {
  return withoutCode(text)
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(/\]\(<?([^()\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)/g)].map(
        ([, inline, reference]) => ({ target: inline ?? reference ?? '', line: index + 1 }),
      ),
    );
}

/** The ids of the headings of a page, as on GitHub. */
export function headingIds(text: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [, title = ''] of withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const id = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-');
    let free = id;
    for (let copy = 1; ids.has(free); copy += 1) free = `${id}-${copy}`;
    ids.add(free);
  }
  return ids;
}

/** The Markdown pages of a tree, path to text, with a test for the existence of a file or folder. */
export interface DocumentTree {
  readonly pages: ReadonlyMap<string, string>;
  readonly exists: (path: string) => boolean;
}

/** The links of a page that lead to a missing file, or to a missing heading of a page. */
export function deadLinks(page: string, { pages, exists }: DocumentTree): readonly DocumentLink[] {
  return documentLinks(pages.get(page) ?? '').filter(({ target }) => {
    if (isAbsolute(target)) return false;
    const { path, id } = resolved(page, target);
    if (!exists(path)) return true;
    const text = pages.get(path);
    return id !== undefined && text !== undefined && !headingIds(text).has(id);
  });
}

/**
 * The links of a packed README that a reader of the package cannot open.
 *
 * @param folder The folder of the package, for instance `packages/receivers/http`.
 * @param packed The entries of `files` in the manifest.
 */
export function unpackedLinks(
  folder: string,
  text: string,
  packed: readonly string[],
): readonly DocumentLink[] {
  const files = packed.filter((entry) => !entry.startsWith('!'));
  const isPacked = (path: string): boolean =>
    [...files, 'README.md', 'LICENSE', 'package.json'].some(
      (entry) => path === `${folder}/${entry}` || path.startsWith(`${folder}/${entry}/`),
    );
  return documentLinks(text).filter(
    ({ target }) => !isAbsolute(target) && !isPacked(resolved(`${folder}/README.md`, target).path),
  );
}

function isAbsolute(target: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(target);
}

function resolved(page: string, target: string): { readonly path: string; readonly id: string | undefined } {
  const [relative = '', id] = target.split('#');
  const path = relative === '' ? page : posix.join(posix.dirname(page), decodeURI(relative));
  return { path: path.replace(/(.)\/$/, '$1'), id };
}

/** The text with fenced blocks replaced by blanks, so that lines keep their numbers. */
function withoutFences(text: string): string {
  return text.replaceAll(/^ {0,3}(`{3,}|~{3,})[\s\S]*?^ {0,3}\1/gm, asBlanks);
}

/** The text without any code, spans within a line included. */
function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/(?<!`)(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, asBlanks);
}

function asBlanks(code: string): string {
  return code.replaceAll(/[^\n]/g, ' ');
}

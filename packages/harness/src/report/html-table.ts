// Tables in HTML and in Markdown, from the same cells.
import { isFigure } from './format-number.ts';
import { escapeText } from './svg.ts';

/** A table in HTML. Cells are text; columns of figures are flush right, and no figure is broken into lines. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const areFigures = head.map((_, column) => rows.every((row) => isEmptyOrFigure(row[column] ?? '')));
  const cells = (texts: readonly string[], tag: string) =>
    texts
      .map(
        (text, column) =>
          `<${tag}${areFigures[column] ? ' class="figure"' : ''}>${escapeText(text)}</${tag}>`,
      )
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function isEmptyOrFigure(text: string): boolean {
  return text === '' || isFigure(text);
}

/** A table in Markdown, as lines. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

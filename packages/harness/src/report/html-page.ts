// A page in a single file: styles and drawings are embedded, and no resources are loaded.
import { escapeText } from './svg.ts';

const COLOURS = ['#3b6fd4', '#d9822b', '#2f9e62', '#c2404f', '#7b57c2', '#8a6d3b', '#c457a0', '#3a9aa8'];

const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #667080; --back: #fff; --rule: #dde2ea; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --soft: #98a2b3; --back: #14181f; --rule: #2d3542; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: 1.2rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td:nth-child(2):last-child { overflow-wrap: anywhere; } .figure { text-align: right; } td.figure { white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
h1, p { overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
th { color: var(--soft); font-weight: 600; }
.chart { max-width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.chart text { fill: var(--text); } .chart .tick, .chart .unit { fill: var(--soft); }
.chart .heading { font-weight: 600; font-size: 13px; }
.chart .level { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 6 4; }
.narrow { display: none; }
@media (max-width: 40rem) {
  .wide { display: none; } .narrow { display: block; }
  table { font-size: .75rem; } th, td { padding-right: .35rem; }
}
.chart .grid { stroke: var(--rule); } .chart .spread { stroke: var(--text); stroke-opacity: .6; }
${COLOURS.map((colour, index) => `.fill-${index} { fill: ${colour}; } .line-${index} { stroke: ${colour}; fill: none; stroke-width: 2; }`).join('\n')}
`;

/**
 * A drawing for wide screens and a drawing for telephones; the page shows the fitting one. A single drawing, scaled down, would
 * have unreadable letters.
 */
export function eitherWidth(wide: string, narrow: string): string {
  return `<div class="wide">${wide}</div><div class="narrow">${narrow}</div>`;
}

/** A page with a title and sections, as HTML. */
export function htmlPage(title: string, sections: readonly string[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeText(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${escapeText(title)}</h1>`,
    ...sections,
    '</body></html>',
    '',
  ].join('\n');
}

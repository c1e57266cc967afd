// The files of the page: a script, a style sheet and a document, all of the same origin. `npm run build` of this package
// writes them as one module, `built-page.js`; sources that run as they are bundle them at the first use.

/** The parts of the page as text. */
export interface PageText {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

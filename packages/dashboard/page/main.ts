// The script of the page. Reads `events`, and draws at most four times a second, and never while the page is hidden.
import './style/page.css';
import { render } from 'preact';
import { clean } from './model/clean-text.ts';
import { LiveConnection } from './model/live-connection.ts';
import { Model } from './model/model.ts';
import { App } from './view/app.ts';
import { LEVELS } from './view/headline.ts';
import { html } from './view/html.ts';

const DRAW_MS = 250;
/** A page that is hidden for longer gives its connection back: browsers and servers have few. */
const HIDDEN_MS = 30_000;

const root = document.querySelector('#page')!;
const model = new Model();
const connection = new LiveConnection(model);
let drawnMs = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
let isConnected = true;

function draw(): void {
  timer = undefined;
  if (document.hidden) return;
  drawnMs = performance.now();
  render(html`<${App} model=${model} hash=${location.hash} />`, root);
  const { summary } = model;
  document.title =
    summary === undefined
      ? 'Millrace'
      : `${LEVELS[summary.verdict.level].mark} ${clean(summary.application, 60)} – Millrace`;
}

model.onChange = () => {
  timer ??= setTimeout(draw, Math.max(0, DRAW_MS - (performance.now() - drawnMs)));
};

addEventListener('hashchange', draw);
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) {
    hiddenTimer = setTimeout(() => {
      isConnected = false;
      connection.close();
    }, HIDDEN_MS);
    return;
  }
  draw();
  if (isConnected) return;
  isConnected = true;
  connection.open();
});

draw();
connection.open();

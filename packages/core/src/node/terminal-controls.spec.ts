import { describe, expect, it } from 'vitest';
import { takesControls } from './terminal-controls.ts';

describe('takesControls', () => {
  it.each([
    ['a terminal', true, { TERM: 'xterm-256color' }, true],
    ['a terminal whose kind is unknown', true, {}, true],
    ['an empty NO_COLOR', true, { TERM: 'xterm', NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['a user who wants no colours', true, { TERM: 'xterm', NO_COLOR: '1' }, false],
    ['a pipe', undefined, { TERM: 'xterm' }, false],
  ])('%s', (_, isTTY, environment, expected) => {
    expect(takesControls({ isTTY }, environment)).toBe(expected);
  });
});

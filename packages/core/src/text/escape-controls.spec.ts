import { describe, expect, it } from 'vitest';
import { escapeControls, escapeLines } from './escape-controls.ts';

describe('escapeControls', () => {
  it('keeps text and tabs', () => {
    expect(escapeControls('a\tb ä 日本 🙂 \\n')).toBe('a\tb ä 日本 🙂 \\n');
  });

  it('writes newlines and escape sequences as text', () => {
    expect(escapeControls('a\r\n\u001b[31mred\u007f\u009b2J\u2028\0')).toBe(
      'a\\r\\n\\x1b[31mred\\u007f\\u009b2J\\u2028\\x00',
    );
  });

  it('writes characters that change the direction of text as escapes', () => {
    expect(escapeControls('a\u202eb\u2066c\u200f')).toBe('a\\u202eb\\u2066c\u200f');
  });

  it('leaves no control character except the tab', () => {
    const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(escapeControls(all).match(/[\p{Cc}\p{Zl}\p{Zp}]/gu)).toEqual(['\t']);
  });
});

describe('escapeLines', () => {
  it('keeps the lines of a text', () => {
    expect(escapeLines('a\n\u001b[1mb\n')).toBe('a\n\\x1b[1mb\n');
    expect(escapeLines('a\r\nb')).toBe('a\\r\nb');
  });

  it('keeps the values of JSON', () => {
    const value = { all: Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('') };
    for (const indent of [undefined, 2])
      expect(JSON.parse(escapeLines(JSON.stringify(value, undefined, indent)))).toEqual(value);
  });
});

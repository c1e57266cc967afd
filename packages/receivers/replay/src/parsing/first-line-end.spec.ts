import { describe, expect, it } from 'vitest';
import { firstLineEnd } from './first-line-end.ts';

const layout = { delimiter: ',' };
const endIn = (text: string, more: Partial<Parameters<typeof firstLineEnd>[1]> = {}) =>
  firstLineEnd(Buffer.from(text), { ...layout, ...more });

describe('firstLineEnd', () => {
  it.each([
    ['t,v\r1', 3],
    ['t,v\n1', 3],
    ['"t\r","v"\r1', 8],
    ['\ufeff"t\r",v\r', 9],
    ['"t""\r",v\r', 8],
    ['t,5" v\r1,a\r', 6],
    ['t,"v', -1],
    ['t,"v\r', -1],
    ['', -1],
    ['\r', 0],
  ])('of %j is %i', (text, end) => {
    expect(endIn(text)).toBe(end);
  });

  it('follows the layout', () => {
    expect(endIn('t; "v\r"\r', { delimiter: ';' })).toBe(5);
    expect(endIn('t; "v\r"\r', { delimiter: ';', trim: true })).toBe(7);
    expect(endIn('"t\r"\r', { quote: 'none' })).toBe(2);
    expect(endIn("'t\r'\r", { quote: "'" })).toBe(4);
    expect(endIn('té"v\r"\r', { delimiter: 'é' })).toBe(7);
  });
});

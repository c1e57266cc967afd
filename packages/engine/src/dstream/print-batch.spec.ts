import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';

const LINE = '-------------------------------------------';

async function printed(records: unknown[], n?: number): Promise<string> {
  const fixture = new StreamFixture();
  let output = '';
  // A function of the program makes the records: input from outside is plain data.
  const stream = fixture.queue([records.map((_, index) => index)]).map((index) => records[index]);
  stream.print(n, { write: (text) => (output += text) });
  await fixture.run(1);
  return output;
}

describe('print', () => {
  it('writes the batch time and the records', async () => {
    expect(await printed(['a', 'b'])).toBe(`${LINE}\nTime: 1000 ms\n${LINE}\na\nb\n\n`);
  });

  it('marks further records with an ellipsis', async () => {
    expect(await printed(['a', 'b', 'c'], 2)).toBe(`${LINE}\nTime: 1000 ms\n${LINE}\na\nb\n...\n\n`);
    expect(await printed(['a', 'b'], 2)).not.toContain('...');
  });

  it('shows ten records by default', async () => {
    const output = await printed(Array.from({ length: 11 }, (_, index) => `line ${index}`));
    expect(output).toContain('line 9\n...\n');
  });

  it('writes a head for an empty batch', async () => {
    expect(await printed([])).toBe(`${LINE}\nTime: 1000 ms\n${LINE}\n\n`);
  });

  it('writes each record that is not text on one line', async () => {
    const long = { name: 'x'.repeat(80), list: Array.from({ length: 3 }, () => 'y'.repeat(40)) };
    const output = await printed([['word', 1], 7n, undefined, long]);
    expect(output.split('\n')).toHaveLength(3 + 4 + 2);
    expect(output).toContain("[ 'word', 1 ]\n7n\nundefined\n{ name:");
  });

  it('lets no record control the terminal or forge lines', async () => {
    const named = { [inspect.custom]: () => '\u001b[2J\nTime: 9 ms' };
    const hostile = [
      '\u001b]0;title\u0007a\r\nTime: 2 ms',
      { text: '\u009b2J\u007f' },
      named,
      ['a\n', ['b', ['c', ['d', ['e']]]]],
    ];
    const output = await printed(hostile);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(output.split('\n')).toHaveLength(3 + hostile.length + 2);
    expect(output.split('\n').filter((line) => line.startsWith('Time:'))).toEqual(['Time: 1000 ms']);
  });

  it('keeps tabs', async () => {
    expect(await printed(['a\tb'])).toContain('\na\tb\n');
  });

  it('prints a record that cannot be inspected', async () => {
    const trap = {
      [inspect.custom]: () => {
        throw Object.create(null);
      },
    };
    expect(await printed([trap, 'next'])).toContain('cannot be printed');
  });

  it.each([-1, 1.5])('refuses to print %d records', (n) => {
    const stream = new StreamFixture().queue([]);
    expect(() => stream.print(n)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }));
  });
});

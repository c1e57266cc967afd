import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';

const LINE = '-------------------------------------------';

async function printed(records: unknown[], n?: number): Promise<string> {
  const fixture = new StreamFixture();
  let output = '';
  fixture.queue([records]).print(n, { write: (text) => (output += text) });
  await fixture.run(1);
  return output;
}

describe('print', () => {
  it('writes the batch time and the records', async () => {
    expect(await printed(['a', 'b'])).toBe(`${LINE}\nTime: 1000 ms\n${LINE}\na\nb\n\n`);
  });

  it('says that there are more than it shows', async () => {
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

  it.each([-1, 1.5])('refuses to print %d records', (n) => {
    const stream = new StreamFixture().queue([]);
    expect(() => stream.print(n)).toThrow(expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' }));
  });
});

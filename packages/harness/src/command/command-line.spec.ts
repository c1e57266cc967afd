import { describe, expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';

function read(line: string) {
  const printed: string[] = [];
  try {
    return {
      asked: readCommandLine(line.split(' ').filter(Boolean), (text) => printed.push(text)),
      text: '',
    };
  } catch (error) {
    return { exitCode: (error as { exitCode?: number }).exitCode, text: printed.join('') };
  }
}

describe('the command line', () => {
  it('runs a workload by flags alone', () => {
    const { asked } = read(
      '--rate 5e4 --interval 200ms --duration 2m --burst 5s,500ms,10 --fail-every 10s --wal data',
    );
    expect(asked).toEqual({
      kind: 'run',
      batchIntervalMs: 200,
      durationMs: 120_000,
      wal: 'data',
      load: {
        recordsPerSecond: 50_000,
        burst: { everyMs: 5_000, lengthMs: 500, factor: 10 },
        failEveryMs: 10_000,
      },
    });
  });

  it.each([
    ['5', 5_000],
    ['0.5', 500],
    ['500ms', 500],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('reads the time %s as %d ms', (text, ms) => {
    expect(read(`--duration ${text}`).asked).toMatchObject({ durationMs: ms });
  });

  it('takes flags on either side of the config file', () => {
    for (const line of ['--rate 5 a.config.ts', 'a.config.ts --rate 5', 'run a.config.ts --rate 5'])
      expect(read(line).asked).toMatchObject({ config: 'a.config.ts', load: { recordsPerSecond: 5 } });
  });

  it('takes a config file, named or not', () => {
    expect(read('run engine.config.ts').asked).toMatchObject({ config: 'engine.config.ts' });
    expect(read('').asked).toEqual({ kind: 'run', load: {} });
  });

  it('shows the dashboard, at 4040 or another port', () => {
    expect(read('--dashboard').asked).toMatchObject({ dashboard: 4_040 });
    expect(read('--dashboard 0 a.config.ts').asked).toMatchObject({ dashboard: 0, config: 'a.config.ts' });
    expect(read('').asked).not.toHaveProperty('dashboard');
  });

  it('compares two reports', () => {
    expect(read('compare a.json b.json --html c.html --md c.md').asked).toEqual({
      kind: 'compare',
      before: 'a.json',
      now: 'b.json',
      html: 'c.html',
      md: 'c.md',
    });
  });

  it('prints its help', () => {
    const { exitCode, text } = read('--help');
    expect(exitCode).toBe(0);
    for (const part of ['run', 'compare', 'Ctrl-C', 'millrace.config.ts']) expect(text).toContain(part);
    expect(read('run --help').text).toContain('--fail-every');
  });

  it('lists the flags of all commands in the help of the program', () => {
    const { text } = read('--help');
    for (const command of ['run', 'compare']) {
      const flags = read(`${command} --help`).text.match(/--[a-z-]+/g) ?? [];
      expect(flags.length).toBeGreaterThan(1);
      for (const flag of flags) expect(text).toContain(flag);
    }
    expect(text).toContain('A time without a unit is in seconds.');
  });

  it.each([
    ['--rate fast', 'expected a number'],
    ['--duration soon', 'expected a time'],
    ['--burst 5s,10', 'expected every,length,factor'],
    ['--dashboard 70000', 'expected a port'],
    ['--quick', 'unknown option'],
    ['compare a.json', 'missing required argument'],
  ])('refuses %s', (line, why) => {
    const { exitCode, text } = read(line);
    expect(exitCode).toBe(1);
    expect(text).toContain(why);
  });
});

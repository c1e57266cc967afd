import { afterEach, describe, expect, it, vi } from 'vitest';
import { changesBetween, processState } from './process-state.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** The changes by an action. */
function changesBy(action: () => void): string[] {
  const before = processState();
  action();
  return changesBetween(before, processState());
}

describe('changesBetween', () => {
  it('names nothing when nothing changed', () => {
    expect(changesBy(() => undefined)).toEqual([]);
  });

  it.each([
    ['played timers', () => vi.useFakeTimers({ toFake: ['setImmediate', 'Date'] }), ['setImmediate', 'Date']],
    ['a spy', () => vi.spyOn(Math, 'random'), ['Math.random']],
    ['a spy on a clock', () => vi.spyOn(performance, 'now'), ['performance.now']],
    [
      'a variable that was set',
      () => vi.stubEnv('MILLRACE_EXAMPLE', 'set'),
      ['process.env.MILLRACE_EXAMPLE'],
    ],
    ['a variable that was removed', () => vi.stubEnv('PATH', undefined), ['process.env.PATH']],
    ['a new global function', () => vi.stubGlobal('millraceExample', () => undefined), ['millraceExample']],
  ])('names %s', (_, action, names) => {
    const changes = changesBy(action);
    expect(changes).toEqual(expect.arrayContaining(names));
    expect(changes.filter((name) => !name.startsWith('Date.'))).toHaveLength(names.length);
  });

  it('names an event with one listener more', () => {
    const listener = (): void => undefined;
    const changes = changesBy(() => process.on('SIGHUP', listener));
    process.off('SIGHUP', listener);
    expect(changes).toEqual(['listeners of SIGHUP']);
  });
});

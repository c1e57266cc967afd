import { describe, expect, it } from 'vitest';
import { isChecked, wallTimeLengths } from './wall-time-lengths.ts';

describe('the check of lengths of time', () => {
  it.each([
    'const deadlineMs = clock.now() + patienceMs;',
    'const deadlineMs = patienceMs + this.#parts.clock.now();',
    'const tookMs = this.#clock.now() - begunMs;',
    'const leftMs = untilMs - context.clock.now();',
    'clock.schedule(clock.now() + 50, next);',
    'clock.schedule(clock.now(), next);',
    'await clock.sleepUntil(clock.now());',
    'await clock.sleepUntil(\n  this.#setup.clock.now() + delayMs,\n);',
    'const nowMs = clock.now();\nclock.schedule(nowMs + 50, next);',
    'const begunMs = clock.now();\nawait work();\nreturn endMs - begunMs;',
  ])('finds %j', (text) => {
    expect(wallTimeLengths(text)).not.toEqual([]);
  });

  it('names the lines', () => {
    expect(wallTimeLengths('first();\nconst untilMs = clock.now() + 5;\nlast();')).toEqual([2]);
  });

  it.each([
    'publish({ timeMs: clock.now() });',
    'clock.schedule(batchTime, tick);',
    'clock.after(delayMs, next);',
    'const tookMs = clock.monotonicMs() - begunMs;',
    'const aheadMs = -msUntil(clock, batchTime);',
    '// clock.now() + delayMs would be wrong',
    'function a() {\n  const nowMs = clock.now();\n  return nowMs;\n}\nfunction b(nowMs: number) {\n  return nowMs + 1;\n}',
  ])('accepts %j', (text) => {
    expect(wallTimeLengths(text)).toEqual([]);
  });

  it('checks sources, templates and examples, and not the clocks themselves', () => {
    expect(isChecked('packages/receivers/http/src/http-run.ts')).toBe(true);
    expect(isChecked('packages/create-receiver/template-acknowledging/src/read-source.ts')).toBe(true);
    expect(isChecked('examples/own-receiver/countdown.ts')).toBe(true);
    expect(isChecked('packages/core/src/time/recurring-timer.ts')).toBe(false);
    expect(isChecked('packages/engine/src/batches/job-generator.spec.ts')).toBe(false);
  });
});

// Checks the claims of ADR 0012, over the same worlds as its table.
import { describe, expect, it } from 'vitest';
import { RATE_CONTENDERS } from './rate-contenders.ts';
import { rateFigures, rateScenarios } from './rate-scenarios.ts';
import { simulate } from './simulated-job.ts';

function figuresOf(world: string, control: string) {
  const scenario = rateScenarios().find(({ name }) => name.startsWith(world));
  const contender = RATE_CONTENDERS.find(({ name }) => name === control);
  if (scenario === undefined || contender === undefined) throw new TypeError(`no ${world} or ${control}`);
  return rateFigures(
    scenario,
    simulate(scenario, (now) => contender.make(scenario.batchIntervalMs, now)),
  );
}

const MODEL = 'model system';
const DEFAULT = 'Millrace';

describe('rate control in simulation', () => {
  it('bounds the effect of a first batch that is far too large', () => {
    expect(figuresOf('first batch', MODEL).settled).toBe(Infinity);
    const ours = figuresOf('first batch', DEFAULT);
    expect(ours.settled).toBeLessThan(90);
    expect(ours.peakRecords).toBeLessThan(figuresOf('first batch', MODEL).peakRecords / 100);
  });

  it('handles overload without a delay beyond the interval', () => {
    const ours = figuresOf('overload', DEFAULT);
    expect(ours.longestDelay).toBeLessThan(1);
    expect(ours.throughput).toBeGreaterThan(0.95);
  });

  it('recovers when the job is fast again', () => {
    const ours = figuresOf('job slows', DEFAULT);
    expect(ours.settled).toBeLessThan(35);
    expect(ours.longestDelay).toBeLessThan(figuresOf('job slows', MODEL).longestDelay);
  });

  it('varies less than the model system when costs vary', () => {
    const [ours, model] = [figuresOf('costs vary', DEFAULT), figuresOf('costs vary', MODEL)];
    expect(ours.spread).toBeLessThan(model.spread);
    expect(ours.longestDelay).toBeLessThan(model.longestDelay);
  });

  it('is ready for a burst after a period of small batches', () => {
    expect(figuresOf('idle', DEFAULT).filled).toBeLessThanOrEqual(1);
    expect(figuresOf('idle', MODEL).filled).toBeGreaterThan(4);
  });

  it('reduces the rate as far as a slow job needs', () => {
    expect(figuresOf('a record costs', DEFAULT).settled).toBeLessThan(15);
    expect(figuresOf('a record costs', MODEL).settled).toBe(Infinity);
  });

  it.each(rateScenarios())('settles in the world: $name', ({ name }) => {
    expect(figuresOf(name, DEFAULT)).toMatchObject({ throughput: expect.any(Number) as number });
    expect(figuresOf(name, DEFAULT).settled).toBeLessThan(130);
    expect(figuresOf(name, DEFAULT).throughput).toBeGreaterThan(0.85);
  });
});

import { expect, it } from 'vitest';
import { Coverage } from '../src/coverage.ts';
import { drawPlan } from '../src/draw-plan.ts';
import type { Plan } from '../src/plan.ts';
import { outputStep, type SimProgramSetup, stateFailure } from '../src/sim-output.ts';

const setup = (onBatchFailure: Plan['onBatchFailure']) =>
  ({
    plan: { ...drawPlan('1'), onBatchFailure, jobFailureRate: 1, settings: {} },
    process: { isAlive: true, step: () => undefined },
    random: { next: () => 0 },
    coverage: new Coverage(),
    isFaulty: () => true,
  }) as unknown as SimProgramSetup;

it('fails outputs and state as planned', () => {
  expect(outputStep(setup('hold'))).toThrow('the sink did not answer');
  expect(stateFailure(setup('hold'))).toThrow('the function of the state failed');
});

it('fails no state where batches are skipped: the recorded input needs the state as well', () => {
  expect(outputStep(setup('skip'))).toThrow('the sink did not answer');
  expect(outputStep(setup('skip'), { neverFails: true })).not.toThrow();
  expect(stateFailure(setup('skip'))).not.toThrow();
});

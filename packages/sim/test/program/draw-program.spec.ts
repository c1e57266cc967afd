// Seeds draw programs allowed by types, the same for the same seed, and before long all pairs of operators.
import { describe, expect, it } from 'vitest';
import { Draw } from '../../src/draw.ts';
import { drawPlan } from '../../src/draw-plan.ts';
import { OperatorCoverage } from '../../src/program/operator-coverage.ts';
import { operatorPairs, realized } from '../../src/program/operator-pairs.ts';
import { isPossible, smallerPrograms } from '../../src/program/shrink-program.ts';

const programs = Array.from({ length: 3_000 }, (_, seed) => drawPlan(`${seed + 1}`).program);

describe('programs of seeds', () => {
  it('contain at least 95 % of the pairs of operators that types allow, in 3,000 seeds', () => {
    const coverage = new OperatorCoverage();
    for (const program of programs) if (program !== undefined) coverage.add(program);
    const { of, missing } = coverage.pairs();
    expect(missing.length / of).toBeLessThanOrEqual(0.05);
    const others = coverage.shares().slice(1);
    expect(others.flatMap(({ name, missing: gone }) => gone.map((one) => `${name}: ${one}`))).toEqual([]);
  });

  it('have valid types', () => {
    const impossible = programs.filter((program) => program !== undefined && !isPossible(program));
    expect(impossible.slice(0, 3)).toEqual([]);
  });

  it('are the same for the same seed', () => {
    expect(drawPlan('17')).toEqual(drawPlan('17'));
  });

  it('are serializable', () => {
    const plan = drawPlan('17');
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('pairs of operators', () => {
  it('are all in chains that types allow', () => {
    const draw = new Draw('chains');
    const { chains, chainsWithoutState } = operatorPairs();
    const impossible = [...chains, ...chainsWithoutState].filter(
      (chain) => realized(chain, draw) === undefined,
    );
    expect(impossible).toEqual([]);
  });

  it('are exactly the pairs that types allow', () => {
    const { all } = operatorPairs();
    expect(all).toContain('window over reduceByKeyAndWindowInverse');
    expect(all).toContain('lateRecords over windowsGroup');
    expect(all).not.toContain('stateSnapshots over map');
    expect(all).not.toContain('count over glom');
    expect(all.length).toBeGreaterThan(1_000);
  });
});

describe('smaller programs', () => {
  it('are valid and no larger', () => {
    for (const program of programs.slice(0, 60)) {
      if (program === undefined) continue;
      for (const smaller of smallerPrograms(program)) {
        expect(isPossible(smaller)).toBe(true);
        expect(smaller.nodes.length).toBeLessThanOrEqual(program.nodes.length);
        expect(smaller).not.toEqual(program);
      }
    }
  });

  it('keep the operator with the defect', () => {
    let program = programs.find((one) => one?.nodes.some(({ op }) => op === 'reduceByKeyAndWindow'));
    for (let isSmaller = true; isSmaller && program !== undefined;) {
      const next = [...smallerPrograms(program)].find(({ nodes }) =>
        nodes.some(({ op }) => op === 'reduceByKeyAndWindow'),
      );
      isSmaller = next !== undefined;
      program = next ?? program;
    }
    expect(program?.nodes.map(({ op }) => op)).toEqual(['input', 'reduceByKeyAndWindow']);
    expect(program?.outputs).toHaveLength(1);
  });
});

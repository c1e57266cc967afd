// Probes and mutants name places in the engine's sources. When such a place moves, this test fails at once, long before
// a simulation with the probe or mutant.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULT_HOOKS } from '../src/fault-hooks.ts';
import { assertApplies } from '../src/mutants/find-mutant.ts';
import { MUTANTS } from '../src/mutants/index.ts';
import { applyChange } from '../src/source-patches.ts';
import { STATE_PROBES } from '../src/state-probes.ts';

/** The source of a file with a path relative to the packages. */
function sourceOf(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

describe('changes of sources', () => {
  it.each(MUTANTS)('$name finds its place', (mutant) => {
    expect(() => assertApplies(mutant)).not.toThrow();
  });

  it('belong to mutants with different names and existing tests', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    const files = MUTANTS.flatMap(({ finder }) => (finder.kind === 'test' ? [finder.file] : []));
    expect(files.filter((file) => !existsSync(new URL(`../../../${file}`, import.meta.url)))).toEqual([]);
  });

  it('of all probes find their places, one after the other', () => {
    const sources = new Map<string, string>();
    for (const probe of [...STATE_PROBES, ...FAULT_HOOKS]) {
      const source = sources.get(probe.file) ?? sourceOf(probe.file);
      expect(() => sources.set(probe.file, applyChange(source, probe))).not.toThrow();
    }
  });
});

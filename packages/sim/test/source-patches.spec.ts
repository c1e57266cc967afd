// Probes and mutants name places in the engine's sources. When such a place moves, this says so at once, long before
// anybody runs the simulation with them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../src/mutants.ts';
import { applyChange } from '../src/source-patches.ts';
import { STATE_PROBES } from '../src/state-probes.ts';

/** The source of a file that is named from its package on. */
function sourceOf(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

describe('changes of sources', () => {
  it.each(MUTANTS)('$name finds its place', ({ patches }) => {
    for (const patch of patches) expect(() => applyChange(sourceOf(patch.file), patch)).not.toThrow();
  });

  it('of all probes find their places, one after the other', () => {
    const sources = new Map<string, string>();
    for (const probe of STATE_PROBES) {
      const source = sources.get(probe.file) ?? sourceOf(probe.file);
      expect(() => sources.set(probe.file, applyChange(source, probe))).not.toThrow();
    }
  });
});

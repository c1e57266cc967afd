// The selection of providers. An overriding plugin of the caller comes first, a plugin of the caller replaces a
// default, a default replaces the foundation; on one layer a port has one provider, except for ports with any number of
// providers.
import { portName, type PortToken } from '../contracts/port-token.ts';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import type { Candidate, Layer } from './candidate.ts';
import { missingPortAdvice } from './known-providers.ts';
import { isMultiBound } from './multi-bound.ts';

/** The outcome for every port of an engine. */
export interface Selection {
  /** Providers by port, in the order foundation, defaults, given. One each, except for multi-bound ports. */
  readonly providers: ReadonlyMap<PortToken<unknown>, readonly Candidate[]>;
  /** The candidates with an effect in this engine, in the same order. */
  readonly active: readonly Candidate[];
  /** The ports of every engine, with any plugins; plugins need not list these ports as required. */
  readonly always: ReadonlySet<PortToken<unknown>>;
}

/** Selects the providers; adds duplicate providers and unmet requirements to `problems`. */
export function selectProviders(candidates: readonly Candidate[], problems: MillraceError[]): Selection {
  const offers = new Map<PortToken<unknown>, Candidate[]>();
  for (const candidate of candidates) {
    for (const port of new Set(candidate.plugin.provides)) {
      const others = offers.get(port);
      if (others === undefined) offers.set(port, [candidate]);
      else others.push(candidate);
    }
  }
  const providers = new Map<PortToken<unknown>, readonly Candidate[]>();
  for (const [port, offering] of offers) {
    providers.set(port, isMultiBound(port) ? offering : selectOne(port, offering, problems));
  }
  const working = new Set([...providers.values()].flat());
  const active = candidates.filter((candidate) => working.has(candidate));
  reportMissing(active, providers, problems);
  const always = new Set(
    candidates.filter(({ layer }) => layer !== 'given').flatMap(({ plugin }) => plugin.provides),
  );
  return { providers, active, always };
}

function selectOne(
  port: PortToken<unknown>,
  offering: readonly Candidate[],
  problems: MillraceError[],
): readonly Candidate[] {
  const ofLayer = (layer: Layer) => offering.filter((candidate) => candidate.layer === layer);
  const given = ofLayer('given');
  const overriding = given.filter(({ plugin }) => plugin.overrides?.includes(port));
  const top = [overriding, given, ofLayer('default'), ofLayer('foundation')].find((some) => some.length > 0);
  const selected = top ?? [];
  if (selected.length > 1) {
    const names = selected.map(({ plugin }) => plugin.name);
    const message = `${names.join(' and ')} all provide ${portName(port)}, which permits one provider: remove all but one`;
    problems.push(
      coreError(
        'MR_BOOT_DUPLICATE_PROVIDER',
        names.length === 2 ? message.replace(' all ', ' both ') : message,
        {
          details: { port: portName(port), plugins: names },
        },
      ),
    );
  }
  return selected.slice(0, 1);
}

function reportMissing(
  active: readonly Candidate[],
  providers: Selection['providers'],
  problems: MillraceError[],
): void {
  for (const { plugin } of active) {
    for (const port of new Set(plugin.requires)) {
      if (providers.has(port)) continue;
      problems.push(
        coreError(
          'MR_BOOT_MISSING_REQUIREMENT',
          `${plugin.name} needs ${portName(port)}, but no plugin provides this port: ${missingPortAdvice(port)}`,
          { details: { plugin: plugin.name, port: portName(port) } },
        ),
      );
    }
  }
}

// The first check of the argument of an assembly: every entry is a plugin, for a supported contract, present once.
import { SUPPORTED_CONTRACTS } from '../contracts/contract-version.ts';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { propertyOf } from '../errors/thrown-value.ts';
import { describeValue } from '../options/option-error.ts';
import type { Candidate, Layer } from './candidate.ts';
import { contractAdvice } from './contract-advice.ts';
import type { Plugin } from './plugin.ts';

/**
 * Checks each entry of one layer.
 *
 * @returns the plugins for further checks. An entry with a wrong contract is included, so that its ports are not
 *   reported as missing as well.
 */
export function checkPlugins(
  entries: readonly unknown[],
  layer: Layer,
  problems: MillraceError[],
): readonly Candidate[] {
  const candidates = new Map<string, Candidate>();
  if (!Array.isArray(entries)) {
    problems.push(notAList(entries));
    return [];
  }
  entries.forEach((entry, index) => {
    const named = namedEntry(entry);
    if (named !== undefined && !SUPPORTED_CONTRACTS.includes(named.contract)) {
      problems.push(unsupportedContract(named));
    }
    if (!isPlugin(entry)) {
      if (named === undefined || SUPPORTED_CONTRACTS.includes(named.contract)) {
        problems.push(
          notAPlugin(entry, `entry ${index} of the ${layer === 'given' ? 'plugins' : 'defaults'}`),
        );
      }
    } else if (candidates.has(entry.name)) {
      problems.push(duplicatePlugin(entry));
    } else {
      const names = portsByName(entry);
      if (names.length > 0) problems.push(portsAsText(entry, names));
      else candidates.set(entry.name, { plugin: entry, layer });
    }
  });
  return [...candidates.values()];
}

type Named = Pick<Plugin, 'name' | 'version' | 'contract'>;

/** The identity of a plugin, even for a plugin of another version of this package. */
function namedEntry(entry: unknown): Named | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const [name, version, contract] = [
    propertyOf(entry, 'name'),
    propertyOf(entry, 'version'),
    propertyOf(entry, 'contract'),
  ];
  if (typeof name !== 'string' || typeof contract !== 'number') return undefined;
  return { name, version: typeof version === 'string' ? version : 'unknown', contract };
}

/** Tested by shape, not by class: a plugin of another installed copy of this package is a plugin. */
function isPlugin(entry: unknown): entry is Plugin {
  if (namedEntry(entry) === undefined) return false;
  const load = propertyOf(propertyOf(entry, 'module'), 'load');
  return isList(entry, 'provides') && isList(entry, 'requires') && typeof load === 'function';
}

function isList(entry: unknown, name: keyof Plugin): boolean {
  try {
    return Array.isArray(propertyOf(entry, name));
  } catch {
    return false;
  }
}

function unsupportedContract({ name, version, contract }: Named): MillraceError {
  const advice = contractAdvice(`${name} ${version}`, contract);
  return coreError('MR_BOOT_CONTRACT_UNSUPPORTED', advice, {
    details: { plugin: name, version, contract, supported: SUPPORTED_CONTRACTS },
  });
}

/** Only a token of `portToken` means a port: text in its place would provide a port that nobody asks for. */
function portsByName({ provides, requires }: Plugin): readonly string[] {
  return [...provides, ...requires].filter((port) => typeof port === 'string');
}

function portsAsText({ name, version }: Plugin, ports: readonly string[]): MillraceError {
  const names = ports.map((port) => describeValue(port)).join(' and ');
  return coreError(
    'MR_BOOT_INVALID_PLUGIN',
    `${name} ${version} cannot be used: expected the token of a port, got the text ${names}; import the token, for instance { BlockStore } from @millrace/core`,
    { details: { plugin: name, version, ports } },
  );
}

function notAList(entries: unknown): MillraceError {
  const got = describeValue(entries);
  const hint = namedEntry(entries) === undefined ? '' : ': put the plugin into a list, [plugin]';
  return coreError('MR_BOOT_INVALID_PLUGIN', `expected a list of plugins, got ${got}${hint}`, {
    details: { where: 'the plugins', got },
  });
}

function notAPlugin(entry: unknown, where: string): MillraceError {
  const expected = `${where} has to be a plugin, as made by a function of definePlugin`;
  if (typeof entry !== 'function') {
    const got = describeValue(entry);
    return coreError('MR_BOOT_INVALID_PLUGIN', `${expected}, got ${got}`, { details: { where, got } });
  }
  const got = entry.name === '' ? 'a function' : `the function of ${entry.name}`;
  return coreError('MR_BOOT_INVALID_PLUGIN', `${expected}, got ${got}: call this function, with options`, {
    details: { where, got },
  });
}

function duplicatePlugin({ name, version }: Plugin): MillraceError {
  return coreError('MR_BOOT_DUPLICATE_PLUGIN', `${name} ${version} appears twice: remove one entry`, {
    details: { plugin: name },
  });
}

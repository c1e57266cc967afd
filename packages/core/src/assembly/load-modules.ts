// Runs the binding modules of the plugins. A module sees a container with a single ability: binding the declared ports
// of its plugin. Any other call is recorded as a problem of that plugin. Replaced bindings go to a separate container
// that is never read.
import type { BindToFluentSyntax, ContainerModuleLoadOptions } from 'inversify';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import type { Candidate } from './candidate.ts';
import { Container } from './container.ts';
import { isThenable } from '../options/is-thenable.ts';
import { isMultiBound } from './multi-bound.ts';
import type { Plugin } from './plugin.ts';
import type { Selection } from './select-providers.ts';
import { WatchedBind, type Injection } from './watched-bind.ts';
import { messageOf } from '../errors/thrown-value.ts';

/** One effective binding. */
export interface LoadedBinding {
  readonly port: PortToken<unknown>;
  readonly candidate: Candidate;
  /** The injected collaborators, as far as the kind of binding shows them. */
  readonly injections: readonly Injection[];
}

/** The container with every effective binding, and the known facts of each binding. */
export interface LoadedModules {
  readonly container: Container;
  /** In the order of binding: foundation, defaults, given. */
  readonly bindings: readonly LoadedBinding[];
}

/** Loads the modules of all active plugins; adds undeclared bindings and injections to `problems`. */
export function loadModules(selection: Selection, problems: MillraceError[]): LoadedModules {
  const container = new Container({ defaultScope: 'Singleton' });
  const replaced = new Container({ defaultScope: 'Singleton' });
  const counting: LoadedBinding[] = [];
  for (const candidate of selection.active) {
    const bound: LoadedBinding[] = [];
    const counts = (port: PortToken<unknown>) =>
      selection.providers.get(port)?.includes(candidate) === true && candidate.plugin.provides.includes(port);
    const bind = <T>(port: PortToken<T>): BindToFluentSyntax<T> => {
      const injections: Injection[] = [];
      bound.push({ port, candidate, injections });
      const target = counts(port) ? container : replaced;
      return new WatchedBind(target.bind(port), (some) => {
        for (const injection of some) injections.push(injection);
      });
    };
    if (!load(candidate.plugin, { bind, isBound: (port) => container.isBound(port) }, problems)) continue;
    checkBound(candidate.plugin, bound, problems);
    checkInjected(candidate.plugin, bound, selection, problems);
    for (const binding of bound) if (counts(binding.port)) counting.push(binding);
  }
  return { container, bindings: counting };
}

/** Runs one module; false after a failure, which leaves its bindings unknown. */
function load(
  plugin: Plugin,
  allowed: Pick<ContainerModuleLoadOptions, 'bind' | 'isBound'>,
  problems: MillraceError[],
): boolean {
  const refuse = (method: string) => (): never => {
    throw new TypeError(
      `a module only binds and must not call ${method}; for a life cycle, an implementation has open and close (ManagedResource)`,
    );
  };
  try {
    // A module that was made without `pluginModule` may return any value.
    const pending: unknown = plugin.module.load({
      ...allowed,
      onActivation: refuse('onActivation'),
      onDeactivation: refuse('onDeactivation'),
      rebind: refuse('rebind'),
      rebindAsync: refuse('rebindAsync'),
      unbind: refuse('unbind'),
      unbindAsync: refuse('unbindAsync'),
    });
    if (!isThenable(pending)) return true;
    // The answer comes too late; an unhandled rejection would end the process.
    Promise.resolve(pending).catch(() => undefined);
    problems.push(
      invalidPlugin(plugin, 'the module is asynchronous: a module has to bind at once, without I/O'),
    );
  } catch (error) {
    const message = messageOf(error);
    problems.push(invalidPlugin(plugin, `the module failed to bind: ${message}`, error));
  }
  return false;
}

function checkBound(plugin: Plugin, bound: readonly LoadedBinding[], problems: MillraceError[]): void {
  const ports = bound.map(({ port }) => port);
  const silent = plugin.provides.filter((port) => !ports.includes(port));
  const undeclared = ports.filter((port) => !plugin.provides.includes(port));
  const twice = ports.filter(
    (port, index) => ports.indexOf(port) !== index && !isMultiBound(port) && plugin.provides.includes(port),
  );
  if (silent.length > 0)
    problems.push(
      invalidPlugin(plugin, `the plugin declares ${names(silent)} in provides but does not bind it`),
    );
  if (undeclared.length > 0)
    problems.push(
      invalidPlugin(
        plugin,
        `the plugin binds ${names(undeclared)} without declaring it: list it in provides`,
      ),
    );
  if (twice.length > 0)
    problems.push(invalidPlugin(plugin, `the plugin binds ${names(twice)} more than once`));
}

/** An undeclared requirement would be missing in another assembly, without an explanation. */
function checkInjected(
  plugin: Plugin,
  bound: readonly LoadedBinding[],
  { always }: Selection,
  problems: MillraceError[],
): void {
  const undeclared = bound
    .flatMap(({ injections }) => injections)
    .filter(({ isOptional }) => !isOptional)
    .map(({ port }) => port)
    .filter((port) => ![...plugin.provides, ...plugin.requires].includes(port) && !always.has(port));
  if (undeclared.length > 0)
    problems.push(
      invalidPlugin(
        plugin,
        `the plugin injects ${names(undeclared)} without declaring it: list it in requires`,
      ),
    );
}

function names(ports: readonly PortToken<unknown>[]): string {
  return [...new Set(ports.map(portName))].join(' and ');
}

/** `MR_BOOT_INVALID_PLUGIN` for a plugin, with the problem. */
export function invalidPlugin(plugin: Plugin, what: string, cause?: unknown): MillraceError {
  return coreError('MR_BOOT_INVALID_PLUGIN', `${plugin.name} ${plugin.version} cannot be used: ${what}`, {
    details: { plugin: plugin.name, version: plugin.version },
    cause,
  });
}

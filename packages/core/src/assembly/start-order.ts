// The start order: dependencies first. A binding depends on its injections, and on every binding of the plugins that
// its own plugin requires. Without a dependency, the order is foundation, defaults, given.
import { portName } from '../contracts/port-token.ts';
import { coreError } from '../errors/core-errors.ts';
import type { LoadedBinding } from './load-modules.ts';

/**
 * Sorts bindings so that each comes after its dependencies.
 *
 * @throws `MR_BOOT_REQUIREMENT_CYCLE`, naming every member of the circle, when there is no such order.
 */
export function startOrder(bindings: readonly LoadedBinding[]): readonly LoadedBinding[] {
  const ordered = new Set<LoadedBinding>();
  const path: LoadedBinding[] = [];
  const visit = (binding: LoadedBinding): void => {
    if (ordered.has(binding)) return;
    const start = path.indexOf(binding);
    if (start >= 0) throw cycle(path.slice(start));
    path.push(binding);
    for (const need of needsOf(binding, bindings)) visit(need);
    path.pop();
    ordered.add(binding);
  };
  for (const binding of bindings) visit(binding);
  return [...ordered];
}

function needsOf(binding: LoadedBinding, bindings: readonly LoadedBinding[]): readonly LoadedBinding[] {
  const { plugin } = binding.candidate;
  return bindings.filter(
    (other) =>
      binding.injections.some(({ port }) => port === other.port) ||
      // Within one plugin only injection decides: a plugin may list its own ports as required.
      (other.candidate.plugin !== plugin && plugin.requires.includes(other.port)),
  );
}

function cycle(members: readonly LoadedBinding[]): Error {
  const nameOf = ({ port, candidate }: LoadedBinding) => `${portName(port)} (${candidate.plugin.name})`;
  const steps = members.map((member, index) => {
    const next = members[(index + 1) % members.length] ?? member;
    return `${nameOf(member)} needs ${nameOf(next)}`;
  });
  return coreError(
    'MR_BOOT_REQUIREMENT_CYCLE',
    `plugins need each other in a circle, so that none can start first: ${steps.join(', ')}`,
    { details: { members: members.map(nameOf) } },
  );
}

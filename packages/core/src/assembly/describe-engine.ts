// The composition of an engine, for people: the implementation and the plugin of each port, without a debugger.
import { inspect } from 'node:util';
import type { PortBinding } from './assembled-ports.ts';

/**
 * A table of ports in start order, then the plugins with their options. For instance:
 *
 * ```text
 * start order
 *   1  Clock       SystemClock       @millrace/core@0.1.0  (default)
 *   2  BlockStore  MemoryBlockStore  @millrace/core@0.1.0  (default)
 *   3  Storage     FaultyDisk        @acme/disk@2.0.0
 * plugins
 *   @acme/disk@2.0.0  { token: '***' }
 * ```
 */
export function describeEngine(bindings: readonly PortBinding[]): string {
  const rows = bindings.map((binding, index) => [
    String(index + 1),
    binding.port,
    binding.implementation,
    packageOf(binding),
    binding.isDefault ? '(default)' : '',
  ]);
  const options = new Map(
    bindings.filter(({ isDefault }) => !isDefault).map((binding) => [packageOf(binding), binding.options]),
  );
  const plugins = [...options].map(([name, value]) => [name, printOptions(value)]);
  return [
    'start order',
    ...table(rows, 'right'),
    'plugins',
    ...(plugins.length === 0 ? ['  none'] : table(plugins, 'left')),
  ].join('\n');
}

/** The name of an implementation: its class; the own name of a function or a plain object. */
export function implementationName(instance: unknown): string {
  if (typeof instance === 'function') return instance.name === '' ? 'function' : instance.name;
  if (typeof instance !== 'object' || instance === null) return typeof instance;
  const className: unknown = instance.constructor?.name;
  if (typeof className === 'string' && className !== '' && className !== 'Object') return className;
  return 'name' in instance && typeof instance.name === 'string' ? instance.name : 'object';
}

function packageOf({ plugin, version }: PortBinding): string {
  return `${plugin}@${version}`;
}

function printOptions(options: unknown): string {
  return inspect(options, {
    depth: 4,
    breakLength: Infinity,
    compact: true,
    maxArrayLength: 10,
    maxStringLength: 200,
  });
}

function table(rows: readonly (readonly string[])[], firstColumn: 'left' | 'right'): readonly string[] {
  const widthOf = (column: number) => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0);
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 && firstColumn === 'right' ? cell.padStart(widthOf(column)) : cell.padEnd(widthOf(column)),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

// The kinds of faults. Kinds go round in one fixed order, so a few seeds in a row have every kind; the seed decides the victims and the
// instants.
import { SeededRandom } from '@millrace/core';

/** A kind of fault: what happens, and to which part. */
export type FaultKind =
  | { readonly way: 'kill' | 'pause'; readonly target: 'driver' | 'host' | 'executor' | 'server' | 'leader' }
  /** The driver and the server of its machine. */
  | { readonly way: 'kill'; readonly target: 'driver and server' }
  /** The whole machine of the part is cut off, heard or hears nothing, or sends slowly. */
  | { readonly way: 'cut' | 'one way' | 'slow'; readonly target: 'driver' | 'host' | 'leader' }
  | { readonly way: 'pair'; readonly target: 'driver and host' | 'driver and leader' | 'two hosts' };

const ofParts = (way: 'kill' | 'pause'): readonly FaultKind[] =>
  (['driver', 'host', 'executor', 'server', 'leader'] as const).map((target) => ({ way, target }));
const ofMachines = (way: 'cut' | 'one way' | 'slow'): readonly FaultKind[] =>
  (['driver', 'host', 'leader'] as const).map((target) => ({ way, target }));

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...ofParts('kill'),
  { way: 'kill', target: 'driver and server' },
  ...ofParts('pause'),
  ...ofMachines('cut'),
  ...ofMachines('one way'),
  { way: 'pair', target: 'driver and host' },
  { way: 'pair', target: 'driver and leader' },
  { way: 'pair', target: 'two hosts' },
  ...ofMachines('slow'),
];

/** The kinds in an order in which neighbours differ. */
const ROUND = shuffled(FAULT_KINDS);

/** The kinds of a seed, from 1 on. */
export function kindsOf(seed: number, count: number): readonly FaultKind[] {
  return Array.from(
    { length: count },
    (_, index) => ROUND[((seed - 1) * count + index) % ROUND.length],
  ).filter((kind) => kind !== undefined);
}

/** For tables and lines. */
export function nameOf({ way, target }: FaultKind): string {
  const words = {
    kill: 'kill -9',
    pause: 'pause of 20 s',
    cut: 'machine cut off',
    'one way': 'machine cut off one way',
    pair: 'cut between two machines',
    slow: 'slow link of the machine',
  } as const;
  return `${words[way]}: ${target}`;
}

function shuffled<Item>(items: readonly Item[]): readonly Item[] {
  const random = new SeededRandom('kinds of faults');
  const rest = [...items];
  return items.flatMap(() => rest.splice(random.integer(rest.length), 1));
}

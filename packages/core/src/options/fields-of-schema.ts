// Names of the options that a schema knows, for hints. Standard Schema has no way to ask; schemas of objects of zod and of
// libraries like it have a `shape`, below wrappers such as `optional` and `pipe`.
import { isOptions } from './is-options.ts';

/** Wrappers around one schema. */
const WRAPPERS_MAX = 10;
const INNER = ['innerType', 'out', 'schema', 'wrapped'] as const;

type Fields = Readonly<Record<PropertyKey, unknown>>;

/** The names of the options at a path; empty when the schema does not list names. Never throws. */
export function fieldsOfSchema(schema: unknown, path: readonly PropertyKey[] = []): readonly string[] {
  try {
    let shape = shapeOf(schema);
    for (const key of path) shape = shapeOf(shape?.[key]);
    return Object.keys(shape ?? {});
  } catch {
    return [];
  }
}

/** Paths of values that hold no options by name, a Map for instance, where the schema wants an object of options. */
export function misplacedObjects(schema: unknown, options: unknown): readonly PropertyKey[][] {
  const found: PropertyKey[][] = [];
  collectMisplaced({ schema, value: options, path: [] }, found);
  return found;
}

interface Place {
  readonly schema: unknown;
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

function collectMisplaced({ schema, value, path }: Place, found: PropertyKey[][]): void {
  const shape = shapeOf(schema);
  // The schema itself reports values that are not objects.
  if (shape === undefined || !isFields(value) || Array.isArray(value)) return;
  if (!isOptions(value)) {
    found.push([...path]);
    return;
  }
  for (const name of Object.keys(shape)) {
    collectMisplaced({ schema: shape[name], value: value[name], path: [...path, name] }, found);
  }
}

function shapeOf(schema: unknown): Fields | undefined {
  let inside = schema;
  for (let wrappers = 0; wrappers < WRAPPERS_MAX && isFields(inside); wrappers += 1) {
    if (isFields(inside['shape'])) return inside['shape'];
    const definition: Fields = isFields(inside['def']) ? inside['def'] : inside;
    inside = INNER.map((name) => definition[name]).find((inner) => inner !== undefined);
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

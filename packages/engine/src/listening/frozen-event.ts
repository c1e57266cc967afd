// The events as listeners get them. One event goes to many listeners and shares its parts with the engine. Each event
// is therefore copied once and frozen, so that no listener can change the view of another listener or of the engine.

/** Deeper parts of an event are passed on unchanged: the input description of a receiver may be a circle. */
const LEVELS_MAX = 12;

/**
 * Copies events. Plain objects, arrays, maps and sets are copied to any depth and frozen; a map or set refuses changes
 * with a `TypeError`. Any other value inside an event, for instance an object that a receiver gave as a position, is
 * passed on unchanged. Maps are copied once, however many events share the map.
 */
export class EventFreezer {
  readonly #maps = new WeakMap<object, unknown>();

  /** A frozen copy of the content of an event. */
  freeze<T>(value: T): T {
    return this.#copy(value, 0) as T;
  }

  #copy(value: unknown, level: number): unknown {
    if (typeof value !== 'object' || value === null || level > LEVELS_MAX) return value;
    if (Array.isArray(value)) return Object.freeze(value.map((item) => this.#copy(item, level + 1)));
    if (value instanceof Map || value instanceof Set) return this.#copyOnce(value, level);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    return Object.freeze(this.#copyFields(value as Record<string, unknown>, prototype, level));
  }

  /** A spread makes a key named `__proto__` a field of the copy, and an assignment to a field keeps the field. */
  #copyFields(value: Readonly<Record<string, unknown>>, prototype: object | null, level: number): object {
    const copy: Record<string, unknown> = { ...value };
    if (prototype === null) Object.setPrototypeOf(copy, null);
    for (const key of Object.keys(copy)) {
      const inner = copy[key];
      // Most fields are no objects.
      if (typeof inner === 'object' && inner !== null) copy[key] = this.#copy(inner, level + 1);
    }
    return copy;
  }

  #copyOnce(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>, level: number): unknown {
    if (value instanceof FrozenMap || value instanceof FrozenSet) return value;
    const known = this.#maps.get(value);
    if (known !== undefined) return known;
    let frozen: FrozenMap | FrozenSet;
    if (value instanceof Map) {
      frozen = new FrozenMap();
      for (const [key, inner] of value) frozen.set(key, this.#copy(inner, level + 1));
    } else {
      frozen = new FrozenSet();
      for (const inner of value as ReadonlySet<unknown>) frozen.add(this.#copy(inner, level + 1));
    }
    Object.freeze(frozen);
    this.#maps.set(value, frozen);
    return frozen;
  }
}

/** A map that takes entries until frozen. Functions of a class cost nothing for each map, functions of its own would. */
class FrozenMap extends Map<unknown, unknown> {
  override set(key: unknown, value: unknown): this {
    return Object.isFrozen(this) ? refuse() : super.set(key, value);
  }

  override delete(): never {
    return refuse();
  }

  override clear(): never {
    return refuse();
  }
}

class FrozenSet extends Set<unknown> {
  override add(value: unknown): this {
    return Object.isFrozen(this) ? refuse() : super.add(value);
  }

  override delete(): never {
    return refuse();
  }

  override clear(): never {
    return refuse();
  }
}

// Comparisons in tests compare constructors: an event's map equals a map.
Object.defineProperty(FrozenMap.prototype, 'constructor', { value: Map });
Object.defineProperty(FrozenSet.prototype, 'constructor', { value: Set });

function refuse(): never {
  throw new TypeError('an event is shared by all listeners and cannot be changed; copy the map or set first');
}

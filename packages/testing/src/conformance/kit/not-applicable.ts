// A check that finds nothing to check: the implementation does not claim the ability, or its target has no way to bring
// the situation about. That is neither a success nor a failure, and the report says so.

/** Thrown by a check that does not apply. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** A hook as a function of its own. */
export type Hook<T> = NonNullable<T> extends (...args: infer A) => infer R ? (...args: A) => R : never;

/**
 * A hook of a target that a check cannot do without, bound to the target.
 *
 * @throws `NotApplicable` when the target does not have it.
 */
export function hook<T extends object, K extends keyof T & string>(target: T, name: K): Hook<T[K]> {
  const found: unknown = target[name];
  if (typeof found !== 'function') throw new NotApplicable(`the target has no ${name}`);
  const bound: unknown = (...args: unknown[]): unknown => Reflect.apply(found, target, args);
  return bound as Hook<T[K]>;
}

/** @throws `NotApplicable` with this reason, unless the condition holds. */
export function applies(condition: boolean, otherwise: string): void {
  if (!condition) throw new NotApplicable(otherwise);
}

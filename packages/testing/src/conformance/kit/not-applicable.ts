// A check without anything to check: the implementation does not claim the ability, or the target cannot create the
// situation. The result is neither a success nor a failure and is reported as such.

/** Thrown by a check that does not apply. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** The type of a hook as a standalone function. */
export type Hook<T> = NonNullable<T> extends (...args: infer A) => infer R ? (...args: A) => R : never;

/**
 * A required hook of a target, bound to the target.
 *
 * @throws `NotApplicable` when the target lacks the hook.
 */
export function hook<T extends object, K extends keyof T & string>(target: T, name: K): Hook<T[K]> {
  const found: unknown = target[name];
  if (typeof found !== 'function') throw new NotApplicable(`the target has no ${name}`);
  const bound: unknown = (...args: unknown[]): unknown => Reflect.apply(found, target, args);
  return bound as Hook<T[K]>;
}

/** @throws `NotApplicable` with this reason unless the condition holds. */
export function applies(condition: boolean, otherwise: string): void {
  if (!condition) throw new NotApplicable(otherwise);
}

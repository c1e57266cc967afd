// A check that finds nothing to check: the implementation does not claim the ability, or its target has no way to bring
// the situation about. That is neither a success nor a failure, and the report says so.

/** Thrown by a check that does not apply. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/**
 * A hook of a target that a check cannot do without.
 *
 * @throws `NotApplicable` when the target does not have it.
 */
export function need<T>(hook: T | undefined, name: string): T {
  if (hook === undefined) throw new NotApplicable(`the target has no ${name}`);
  return hook;
}

/** @throws `NotApplicable` with this reason, unless the condition holds. */
export function applies(condition: boolean, otherwise: string): void {
  if (!condition) throw new NotApplicable(otherwise);
}

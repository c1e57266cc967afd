// The usual trial: a target of its own for each check, and what the subject claims.
import type { ConformanceRun } from './conformance-kit.ts';

/** A subject that makes targets. */
export interface TargetSubject<Target, Capabilities> extends ConformanceRun {
  /** What the implementation claims. */
  readonly capabilities: Capabilities;
  /** Makes an empty target; each check has one of its own. */
  readonly create: () => Target | Promise<Target>;
}

/** What a check is given. */
export interface TargetTrial<Target, Capabilities> {
  readonly target: Target;
  readonly capabilities: Capabilities;
}

/** Runs a check with a target of its own, and gives the target back. */
export async function withTarget<Target extends { dispose?(): void | Promise<void> }, Capabilities>(
  subject: TargetSubject<Target, Capabilities>,
  use: (trial: TargetTrial<Target, Capabilities>) => Promise<void>,
): Promise<void> {
  const target = await subject.create();
  try {
    await use({ target, capabilities: subject.capabilities });
  } finally {
    await target.dispose?.();
  }
}

// The common trial: a separate target for each check, and the claims of the subject.
import type { ConformanceRun } from './conformance-kit.ts';

/** A subject that makes targets. */
export interface TargetSubject<Target, Capabilities> extends ConformanceRun {
  /** The claims of the implementation. */
  readonly capabilities: Capabilities;
  /** Makes an empty target; each check has a separate one. */
  readonly create: () => Target | Promise<Target>;
}

/** The input of a check. */
export interface TargetTrial<Target, Capabilities> {
  readonly target: Target;
  readonly capabilities: Capabilities;
}

/** Runs a check with a separate target, and disposes of the target afterwards. */
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

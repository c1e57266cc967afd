// The public names of create-millrace-receiver: what the command does, for tools that want it without a command line.
export { LICENSES } from './receiver-plan.ts';
export type { License, ReceiverPlan } from './receiver-plan.ts';
export { UsageError } from './usage-error.ts';
export { writePackage } from './write-package.ts';

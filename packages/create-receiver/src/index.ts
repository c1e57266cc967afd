// The public names of create-millrace-receiver: the functions behind the command, for tools that need no command line.
export { LICENSES } from './receiver-plan.ts';
export type { License, ReceiverPlan } from './receiver-plan.ts';
export { UsageError } from '@millrace/scaffold';
export { writePackage } from './write-package.ts';

// The public names of create-millrace: the functions behind the command, for tools that need no command line.
export { writeApp } from './write-app.ts';
export type { AppPlan } from './app-plan.ts';
export { UsageError } from '@millrace/scaffold';

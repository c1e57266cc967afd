// Batches: making them, running them, giving them up.
export { resolveBackPressureOptions } from './back-pressure-options.ts';
export type { BackPressureOptions } from './back-pressure-options.ts';
export { BATCH_ERROR_CODES } from './batch-errors.ts';
export { resolveBatchOptions } from './batch-options.ts';
export type { BatchFailureReaction, BatchOptions } from './batch-options.ts';
export { JobGenerator } from './job-generator.ts';
export type { JobGeneratorParts, ResumePoint } from './job-generator.ts';
export type { ForgottenData, JobGraph } from './job-graph.ts';
export { JobScheduler } from './job-scheduler.ts';
export type { JobSchedulerParts } from './job-scheduler.ts';
export type { JobSetContent } from './job-set.ts';
export type { Job, JobRun } from './job.ts';
export { RateController } from './rate-controller.ts';
export type { RateControllerParts } from './rate-controller.ts';
export type { RateLimit } from './stream-rate.ts';

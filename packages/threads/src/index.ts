// The public names of @millrace/threads, listed one by one.
export { threads } from './threads.module.ts';
export { threadsOptionsSchema } from './threads.options.ts';
export { THREADS_ERROR_CODES } from './threads-errors.ts';

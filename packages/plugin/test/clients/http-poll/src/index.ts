// The public names of this package.
export { httpPoll } from './http-poll.ts';
export { httpPollOptions } from './http-poll.options.ts';
export type { HttpPollOptions } from './http-poll.options.ts';
export type { HttpPollRecord } from './polling-receiver.ts';

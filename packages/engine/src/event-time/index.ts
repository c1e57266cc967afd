// Event time, as the programs see it.
export { EVENT_TIME_ERROR_CODES } from './event-time-errors.ts';
export type { EventTimeStream } from './event-time-stream.ts';
export type { EventTimeWindows } from './event-time-windows.ts';
export type { EventWindow, WindowTimes } from './event-window.ts';
export type { TimestampOptions, Watermark } from './watermark.ts';
export type { EventWindowOptions } from './window-operators.ts';

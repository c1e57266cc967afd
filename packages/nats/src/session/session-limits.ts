// The bounds and times of a session.

/** Bounds of one side of a session. Times are milliseconds on the monotonic clock. */
export interface SessionLimits {
  /** The unacknowledged frames on their way. */
  readonly windowFrames: number;
  /** The unacknowledged bytes on their way. One frame is always permitted. */
  readonly windowBytes: number;
  /** The bytes that are not acknowledged, on their way or waiting. Beyond this number the session is closed. */
  readonly queueBytes: number;
  /** The longest piece of a body; a longer body is sent in several frames. */
  readonly pieceBytes: number;
  /** The delay of an acknowledgement that no data frame carries. */
  readonly ackMs: number;
  /** The time without progress after which frames are sent again. */
  readonly resendMs: number;
  /** The number of frames that are sent again at once. */
  readonly resendFrames: number;
}

/** The limits of sessions over NATS. */
export const SESSION_LIMITS: SessionLimits = {
  windowFrames: 256,
  windowBytes: 4 * 1024 * 1024,
  queueBytes: 64 * 1024 * 1024,
  pieceBytes: 256 * 1024,
  ackMs: 20,
  resendMs: 250,
  resendFrames: 32,
};

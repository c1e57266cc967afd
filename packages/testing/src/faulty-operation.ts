// The operations of a disk that can fail.

/** An operation that can fail. */
export type FaultyOperation =
  | 'open'
  | 'list'
  | 'stat'
  | 'rename'
  | 'remove'
  | 'makeDirectory'
  | 'syncDirectory'
  | 'lock'
  | 'append'
  | 'sync'
  | 'truncate'
  | 'read';

// The messages between the bench and a server under measurement, a process of its own.

/** The server has begun to listen. */
export interface ServerListening {
  readonly port: number;
}

/** The use of the server so far. */
export interface ServerUsage {
  /** The CPU time of the process, in microseconds. */
  readonly cpuMicros: number;
  /** The records that are processed. */
  readonly records: number;
}

/** Reports the port and, on each message of the bench, the usage. The process ends with the bench. */
export function serveBench(port: number, recordsSoFar: () => number): void {
  const send = (message: ServerListening | ServerUsage): void => void process.send?.(message);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    send({ cpuMicros: user + system, records: recordsSoFar() });
  });
  process.on('disconnect', () => process.exit());
  send({ port });
}

// The codes of executors that have their own copy of the program: reasons for not serving, and silence.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/remote with its meaning. */
export const REMOTE_ERROR_CODES = {
  MR_REMOTE_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'the executors of an engine were started twice; one engine runs one streaming context',
  },
  MR_REMOTE_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'the executors were stopped during their start',
  },
  MR_REMOTE_PROGRAM_DIFFERS: {
    disposition: 'stop-engine',
    meaning:
      'the program built another graph on an executor than on the driver; the graph must not depend on random values, time, or the place of the program',
  },
  MR_REMOTE_PROGRAM_ENDED: {
    disposition: 'stop-engine',
    meaning:
      'the program ended on an executor without starting its context; every executor has to reach start() like the driver',
  },
  MR_REMOTE_NOT_READY: {
    disposition: 'retry',
    meaning: 'an executor was not ready in time; see its log lines, or raise startTimeoutMs',
  },
  MR_REMOTE_NOT_RESPONDING: {
    disposition: 'retry',
    meaning:
      'an executor sent no heartbeat and was terminated; split code that blocks its thread for long, or raise heartbeatTimeoutMs',
  },
  MR_REMOTE_DISCONNECTED: {
    disposition: 'retry',
    meaning:
      'the connection to an executor ended, for instance because too many messages waited; the executor is replaced',
  },
  MR_REMOTE_NO_PLACE: {
    disposition: 'retry',
    meaning: 'no host has a free slot; an executor starts as soon as a host joins or a slot becomes free',
  },
  MR_REMOTE_SLOT_TAKEN: {
    disposition: 'retry',
    meaning: 'a host still runs another executor in the slot; the launch is repeated',
  },
  MR_REMOTE_HOST_DIFFERS: {
    disposition: 'retry',
    meaning:
      'a host has another version or other files of the program than the driver, and gets no executors; deploy the same program on both, and start millrace-host again',
  },
  MR_REMOTE_HOST_CLOCK_APART: {
    disposition: 'retry',
    meaning:
      'the clocks of a host and of the driver are apart, and the host gets no executors; let both machines follow NTP, and the host joins as soon as the clocks agree',
  },
  MR_REMOTE_HOST_LOST: {
    disposition: 'retry',
    meaning:
      'a host sent no sign of life, or its process was started again; its executors are replaced elsewhere',
  },
  MR_REMOTE_HOST_LEFT: {
    disposition: 'retry',
    meaning: 'a host was asked to end, and ended its executors',
  },
  MR_REMOTE_VANISHED: {
    disposition: 'retry',
    meaning: 'a host runs an executor no more, and does not say why any more',
  },
  MR_REMOTE_LAUNCH_FAILED: {
    disposition: 'retry',
    meaning: 'a host could not run an executor; the message contains the reason',
  },
  MR_REMOTE_KILLED: {
    disposition: 'retry',
    meaning: 'the driver ended an executor',
  },
  MR_REMOTE_DRIVER_GONE: {
    disposition: 'retry',
    meaning:
      'the driver of an executor has stopped, was replaced, or was silent for too long; the host ended the executor',
  },
  MR_REMOTE_STALE_DRIVER: {
    disposition: 'stop-engine',
    meaning: 'a later driver has taken over the hosts; this driver must end',
  },
  MR_REMOTE_OTHER_DRIVER: {
    disposition: 'retry',
    meaning:
      'a host serves another driver of the same application and epoch; stop that driver, or give both one durable log',
  },
  MR_REMOTE_NO_PROGRAM: {
    disposition: 'stop-engine',
    meaning: 'the script of the program cannot be read for its digest; check the path of the program',
  },
  MR_REMOTE_DATA_INSECURE: {
    disposition: 'stop-engine',
    meaning:
      'a data server would serve other hosts without TLS; give certificates, listen on loopback, or allow insecure data in a network that nobody else uses',
  },
  MR_REMOTE_DATA_ADDRESS: {
    disposition: 'stop-engine',
    meaning:
      'the address of a data server has no valid form, or the server cannot listen there; give host:port of a free port',
  },
  MR_REMOTE_DATA_FAILED: {
    disposition: 'retry',
    meaning:
      'buckets or a block could not be fetched directly; the executor asks over its session, and the log names the address to check',
  },
  MR_REMOTE_DATA_DAMAGED: {
    disposition: 'retry',
    meaning: 'buckets or a block of another executor arrived damaged; the fetch is repeated',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const remoteError = errorFactory(REMOTE_ERROR_CODES);

// The codes of this package. A server that does not answer is no failure of the engine; a request whose outcome is unknown is
// repeated unchanged.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/nats with its meaning. */
export const CLUSTER_ERROR_CODES = {
  MR_CLUSTER_UNREACHABLE: {
    disposition: 'back-off',
    meaning: 'no server of NATS could be reached; check servers, tls and the network, or start the servers',
  },
  MR_CLUSTER_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'a server of NATS refused the credentials, or the user lacks a permission on a subject; check the credentials and the permissions of the user',
  },
  MR_CLUSTER_FILES_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the options tls, credentialsFile and nkeyFile cannot be read or do not match; the message contains the reason',
  },
  MR_CLUSTER_UNANSWERED: {
    disposition: 'retry',
    meaning:
      'a request to a server of NATS, or to another process, got no answer in time; the work of the request may have been done',
  },
  MR_CLUSTER_REFUSED: {
    disposition: 'stop-engine',
    meaning:
      'a server of NATS refused a request to JetStream; the message contains the words of the server, for instance that a stream is missing',
  },
  MR_CLUSTER_SERVER_UNFIT: {
    disposition: 'stop-engine',
    meaning:
      'a server of NATS is too old, or does not write to its disk before it answers; the message names the server and the setting',
  },
  MR_CLUSTER_SYNC_UNVERIFIED: {
    disposition: 'stop-engine',
    meaning:
      'whether the servers of NATS write to their disks before they answer is not known; give the option monitors, systemUser or syncVerified',
  },
  MR_CLUSTER_STREAM_FULL: {
    disposition: 'back-off',
    meaning: 'a stream of checkpoints has no room; raise its max_bytes, or keep less state',
  },
  MR_CLUSTER_STREAM_MISSING: {
    disposition: 'stop-engine',
    meaning: 'a stream of the application does not exist; make the streams with npx millrace-nats init',
  },
  MR_CLUSTER_STREAM_UNFIT: {
    disposition: 'stop-engine',
    meaning:
      'a stream of the application has settings that would break a promise, or a server does not know a setting; the message lists the settings',
  },
  MR_CLUSTER_FORMAT_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a stream has messages of a version of Millrace that this version cannot read, and nothing was changed; run the version that wrote the messages',
  },
  MR_CLUSTER_LOG_OPEN: {
    disposition: 'stop-engine',
    meaning: 'a log was opened twice by one engine; close the log first',
  },
  MR_CLUSTER_LOG_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a log was opened under a name without a stream; natsLog keeps the log of the decisions of a driver',
  },
  MR_CLUSTER_LOG_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'an earlier driver cleaned a large log while this driver read the log, so the rest does not fit to the beginning; start the driver again',
  },
  MR_CLUSTER_ENTRY_NOT_FOUND: {
    disposition: 'fail-batch',
    meaning:
      'a handle names an entry that is not in the log: the entry was cleaned, or the handle belongs to another log',
  },
  MR_CLUSTER_ENTRY_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: 'an entry of a log exceeds the largest message of its stream; cut smaller blocks',
  },
  MR_CLUSTER_OUTCOME_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a log was closed while the servers of NATS did not answer; the next recovery may or may not return the entry',
  },
  MR_CLUSTER_MESSAGE_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: 'a message exceeds max_payload of the servers of NATS, and was not sent; raise max_payload',
  },
  MR_CLUSTER_LINK_CLOSED: {
    disposition: 'stop-engine',
    meaning: 'a connection to NATS was used after closing; the connection belongs to a stopped engine',
  },
  MR_CLUSTER_APP_NAME: {
    disposition: 'stop-engine',
    meaning: 'appName is part of subjects and streams: 1 to 32 letters, digits, dashes and underscores',
  },
  MR_CLUSTER_NO_PROGRAM: {
    disposition: 'stop-engine',
    meaning: 'the script of the program is unknown; pass natsHosts({ program: import.meta.url })',
  },
  MR_CLUSTER_HOST_USAGE: {
    disposition: 'stop-engine',
    meaning: 'the command line of millrace-host is wrong; the message says which options belong together',
  },
  MR_CLUSTER_NO_SESSION: {
    disposition: 'retry',
    meaning:
      'an executor got a connection to another executor that is no session; run driver and hosts on one version',
  },
  MR_CLUSTER_BODY_TOO_LARGE: {
    disposition: 'fail-batch',
    meaning:
      'a task, a result or an answer between executors is longer than a session carries; use more partitions, or collect less',
  },
  MR_CLUSTER_BAD_REQUEST: {
    disposition: 'retry',
    meaning:
      'a host got a request that the host cannot serve; run driver and hosts on one version, for one application',
  },
  MR_CLUSTER_EXECUTOR_CRASHED: {
    disposition: 'retry',
    meaning: 'an uncaught error ended an executor of a host; the cause is that error',
  },
  MR_CLUSTER_EXECUTOR_EXITED: {
    disposition: 'retry',
    meaning: 'an executor of a host ended by process.exit, or its thread was ended from outside',
  },
  MR_CLUSTER_EXECUTOR_OUT_OF_MEMORY: {
    disposition: 'retry',
    meaning:
      'an executor of a host reached its memory limit; start fewer executors, or make smaller partitions',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type ClusterErrorCode = keyof typeof CLUSTER_ERROR_CODES;

/** Makes an error of this package's table. */
export const clusterError = errorFactory(CLUSTER_ERROR_CODES);

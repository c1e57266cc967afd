// The failures of this package, by code. All but `MR_DASHBOARD_NOT_LISTENING` appear only in the answer to a request.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/dashboard with its meaning. */
export const DASHBOARD_ERROR_CODES = {
  MR_DASHBOARD_NOT_LISTENING: {
    disposition: 'back-off',
    meaning:
      'the dashboard cannot listen on its host, on the port or on one of the next 15; the engine goes on without its dashboard; check the options host and port, and the rights of the process',
  },
  MR_DASHBOARD_QUERY_INVALID: {
    disposition: 'skip-record',
    meaning: 'a parameter of a request is not of the expected form; the message names the parameter',
  },
  MR_DASHBOARD_UNAUTHORIZED: {
    disposition: 'skip-record',
    meaning:
      'a request came without the token of the dashboard; send `Authorization: Bearer …`, or open the page once with `?token=…`',
  },
  MR_DASHBOARD_SITE_REFUSED: {
    disposition: 'skip-record',
    meaning:
      'a page of another site asked for data of the dashboard; no page but its own may read the dashboard',
  },
  MR_DASHBOARD_PATH_UNKNOWN: {
    disposition: 'skip-record',
    meaning: 'the dashboard has nothing under this path, or does not keep the batch or the receiver any more',
  },
  MR_DASHBOARD_METHOD_REFUSED: {
    disposition: 'skip-record',
    meaning: 'a request used another method than GET and HEAD; the dashboard can only be read',
  },
  MR_DASHBOARD_URL_TOO_LONG: {
    disposition: 'skip-record',
    meaning: 'the URL of a request is longer than 2,048 characters',
  },
  MR_DASHBOARD_HOST_REFUSED: {
    disposition: 'skip-record',
    meaning:
      'a request named a host that anyone can register in the DNS; open the dashboard under a loopback name, or add the name to the option allowedHosts',
  },
  MR_DASHBOARD_LISTENERS_FULL: {
    disposition: 'back-off',
    meaning: 'the dashboard has 32 live listeners, which is its bound; close some of its pages',
  },
  MR_DASHBOARD_FAILED: {
    disposition: 'retry',
    meaning: 'the dashboard failed to answer; the log contains the reason',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type DashboardErrorCode = keyof typeof DASHBOARD_ERROR_CODES;

/** Makes an error of this package's table. */
export const dashboardError = errorFactory(DASHBOARD_ERROR_CODES);

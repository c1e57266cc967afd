/** The port of the server that takes results. */
export const RESULTS_PORT = 8080;

/** Compares the installed Node binary with `pinned-node.json`; returns the problem, or undefined. */
export function pinnedNodeProblem(root: string): string | undefined;

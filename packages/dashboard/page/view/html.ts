// The tag of templates, and the type of their results.
export { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

/** The result of a component. */
export type View = VNode | readonly VNode[] | null;
/** The content of a component. */
export type Children = ComponentChildren;

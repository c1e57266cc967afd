// A terminal for a live screen: keys one by one, and a size that may change.

/** A key, as `node:readline` names keys: `{ name: 'c', ctrl: true }`; `text` is the typed character. */
export interface Key {
  readonly name: string;
  readonly ctrl: boolean;
  /** The typed text; empty for a key that types none. */
  readonly text: string;
}

/** A terminal with a person in front. */
export interface Terminal {
  /** The size now, in columns and rows. */
  readonly size: { readonly columns: number; readonly rows: number };
  /** True while earlier text is still on its way: further text may wait. */
  readonly isBusy: boolean;
  /** True when the terminal may be coloured. */
  readonly hasColour: boolean;
  /** Writes text with control sequences. */
  write(text: string): void;
  /** Reads keys without Enter and without echo, until the returned function is called. */
  readKeys(onKey: (key: Key) => void): () => void;
  /** Calls back after each change of the size, until the returned function is called. */
  onResize(listen: () => void): () => void;
  /** Calls back when the process ends in any other way than by the command, until the returned function is called. */
  onExit(listen: () => void): () => void;
}

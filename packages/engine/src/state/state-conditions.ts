// What state depends on besides the schema of its values: the length of windows, the sources of a watermark. It is kept
// in checkpoints with the state. An operator that was made otherwise would read the state of the former one wrongly and
// without a word, so it is asked first.

/** What an operator wants to be told about the one whose state it takes over. */
export interface StateConditions {
  /** How things are in this program: data that the engine's codec takes. Asked after the start. */
  current(): unknown;
  /**
   * Throws when state that was made under these conditions must not go on here.
   *
   * @param kept What `current` answered in the program that has left the state.
   * @param operator The id of the operator, for what is thrown.
   */
  assertFit(kept: unknown, operator: string): void;
}

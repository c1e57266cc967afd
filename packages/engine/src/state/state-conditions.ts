// The conditions of state besides the schema of its values: the length of windows, the sources of a watermark.
// Checkpoints keep the conditions with the state. An operator with other settings would silently misread the former
// state, so the conditions are compared first.

/** An operator's check of the state that it takes over. */
export interface StateConditions {
  /** The conditions of this program: data that the engine's codec accepts. Called after the start. */
  current(): unknown;
  /**
   * Throws when state that was made under these conditions must not continue here.
   *
   * @param kept The result of `current` in the program that left the state.
   * @param operator The id of the operator, for the error.
   */
  assertFit(kept: unknown, operator: string): void;
}

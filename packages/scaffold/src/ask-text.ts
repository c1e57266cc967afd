// A question with a text as its answer, for a user in a terminal.
import type { Readable, Writable } from 'node:stream';
import { isCancel, text } from '@clack/prompts';

/** The terminal of the questions: keys come in, the display goes out. */
export interface PromptStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/** One question. */
export interface TextQuestion {
  readonly message: string;
  /** The answer that stands there at first. */
  readonly initialValue: string;
  /** The mistake in an answer; undefined for a valid answer. The question is asked until the answer is valid. */
  readonly problemWith: (value: string) => string | undefined;
  readonly streams: PromptStreams;
}

/** Asks; undefined when the user cancelled. */
export async function askText(question: TextQuestion): Promise<string | undefined> {
  const { message, initialValue, problemWith, streams } = question;
  const answer = await text({
    message,
    initialValue,
    validate: (value) => problemWith(value ?? ''),
    ...streams,
  });
  return isCancel(answer) ? undefined : answer;
}

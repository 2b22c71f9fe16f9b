/**
 * A question on the terminal, answered with yes or no (spec/files-and-submission.md 7.6). The
 * line is the terminal's to edit, so that an interrupt stays a signal. Knows no command.
 */
import { createInterface } from 'node:readline';

export interface AskOptions {
  /** Where answers come from, such as `process.stdin`. */
  readonly input: NodeJS.ReadableStream;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Asks until the answer is one; an empty line is `defaultAnswer`, the end of the input a no.
 * Rejects with the signal's reason when it aborts.
 */
export async function ask(question: string, defaultAnswer: boolean, options: AskOptions): Promise<boolean> {
  const { input, write, signal } = options;
  const prompt = `${question} [${defaultAnswer ? 'Y/n' : 'y/N'}]: `;
  const lines = createInterface({ input, terminal: false, signal });
  try {
    write(prompt);
    for await (const line of lines) {
      const answer = answerOf(line, defaultAnswer);
      if (answer !== undefined) return answer;
      write(prompt);
    }
  } finally {
    lines.close();
  }
  write('\n'); // the question stands on a line without end
  signal.throwIfAborted();
  return false;
}

function answerOf(line: string, defaultAnswer: boolean): boolean | undefined {
  const word = line.trim().toLowerCase();
  if (word === '') return defaultAnswer;
  if (word === 'y' || word === 'yes') return true;
  return word === 'n' || word === 'no' ? false : undefined;
}

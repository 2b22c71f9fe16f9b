/** A directory that a flag names and that has to be there, in the words of the Python commands. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ValidationError } from '../index.js';

/** The absolute path. Rejects with `NonValidInputError`, which calls the directory `what`. */
export async function specifiedDirectory(cwd: string, text: string, what: string): Promise<string> {
  const path = resolve(cwd, text);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return path;
  throw new ValidationError('NonValidInputError', `Specified ${what} directory ${path} does not exist.`);
}

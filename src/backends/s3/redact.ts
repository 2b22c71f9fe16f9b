/** Makes what a store, the SDK or the system said fit for an error message: one line, short, and without secrets. */
import { redactForeign } from '../../model/redact.js';

const MAX_CHARS = 300;
/** What is read of a text, so that a page of HTML costs no time. */
const MAX_READ = 8192;

/** `text` without secrets, control characters and line breaks, at most 300 characters. */
export function redact(text: string): string {
  const line = text
    .slice(0, MAX_READ)
    .replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  const safe = redactForeign(line);
  return safe.length > MAX_CHARS ? `${safe.slice(0, MAX_CHARS)}…` : safe;
}

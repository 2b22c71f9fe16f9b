/**
 * Lists of texts as one text between threads: copying a message costs per value, so that
 * 500 paths in one string pass in a tenth of the time that 500 strings take.
 */

/** No path and no key holds it. */
const SEPARATOR = '\0';

export function joined(texts: readonly string[]): string {
  return texts.join(SEPARATOR);
}

/** What was {@link joined}; a list has at least one text. */
export function parted(text: string): string[] {
  return text.split(SEPARATOR);
}

/** What may stand for a digest in a manifest and in a key (spec/storage.md 1.2). */

const HASH = /^[0-9A-Za-z]+$/;

/** Whether `text` is letters and digits only. */
export function isHashText(text: string): boolean {
  return HASH.test(text);
}

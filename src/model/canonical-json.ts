/**
 * Strings of canonical JSON (spec/manifests.md 6.2): what Python's `json.dumps` writes with
 * ASCII output. `JSON.stringify` alone leaves DEL and everything above it raw.
 */

const PLAIN = /^[ !#-[\]-~]*$/;
const ABOVE_ASCII = /[\x7f-\uffff]/g;

/** JSON literal of `text` in pure ASCII; lone surrogates keep their escape. */
export function jsonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(ABOVE_ASCII, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

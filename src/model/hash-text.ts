/**
 * What may stand for a digest in a manifest and in a key (spec/storage.md 1.2). Every entry is asked several times:
 * loops, because a regular expression takes eight times as long for so short a text.
 */

/** Characters of an XXH128 digest. */
export const DIGEST_LENGTH = 32;

const HEX = 2;
const ALPHANUMERIC = 1;
/** By character code: {@link HEX} for lowercase hex digits, {@link ALPHANUMERIC} for other letters and digits, else 0. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[0-9a-f]/.test(character)) return HEX;
  return /[0-9A-Za-z]/.test(character) ? ALPHANUMERIC : 0;
});

/** Whether `text` is letters and digits only, and not empty. */
export function isHashText(text: string): boolean {
  return text !== '' && isAllOf(text, ALPHANUMERIC);
}

/** Whether `text` is an XXH128 digest as manifests and keys spell it: {@link DIGEST_LENGTH} lowercase hex digits. */
export function isDigest(text: string): boolean {
  return text.length === DIGEST_LENGTH && isAllOf(text, HEX);
}

function isAllOf(text: string, least: number): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if ((KINDS[text.charCodeAt(at)] ?? 0) < least) return false;
  }
  return true;
}

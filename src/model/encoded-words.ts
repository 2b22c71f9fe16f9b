/** RFC 2047 encoded words: the form in which S3 returns metadata that was sent as raw non-ASCII. */

const WORD = /=\?([^?\s]+)\?([bqBQ])\?([^?\s]*)\?=/g;
/** White space between two encoded words is not part of the text. */
const GAP = /(\?=)\s+(?==\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=)/g;

/** `value` with its encoded words decoded; a word of an unknown charset or with broken bytes stays. */
export function decodeEncodedWords(value: string): string {
  if (!value.includes('=?')) return value;
  return value.replace(GAP, '$1').replace(WORD, decodeWord);
}

function decodeWord(word: string, charset: string, encoding: string, text: string): string {
  try {
    const bytes = encoding.toLowerCase() === 'b' ? base64Bytes(text) : quotedBytes(text);
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return word;
  }
}

function base64Bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}

/** The Q encoding: `_` is a space, `=XX` a byte. */
function quotedBytes(text: string): Uint8Array {
  const raw = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Uint8Array.from(raw, (unit) => unit.charCodeAt(0));
}

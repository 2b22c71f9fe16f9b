/** Text as UTF-8 for hashing, without the silent replacement that encoders make. */
import { ManifestError } from './errors.js';
import { quoted } from './quoted.js';

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** Bytes of `text`. Throws `INVALID_ENCODING` for a lone surrogate, which has no UTF-8 form (spec/manifests.md section 7). */
export function utf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) {
    throw new ManifestError(
      'INVALID_ENCODING',
      `${quoted(text)} holds half of a surrogate pair and cannot be written as UTF-8`,
    );
  }
  return encoder.encode(text);
}

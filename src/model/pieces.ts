/** Long ASCII text as byte pieces of bounded size (spec/manifests.md 6.4). */

/** Characters gathered before a piece leaves; within the promised 64 KiB to 1 MiB. */
const PIECE_LENGTH = 256 * 1024;

const encoder = new TextEncoder();

/** The concatenation of `parts`, pure ASCII, in pieces of {@link PIECE_LENGTH}; only the last is shorter. */
export function* piecesOf(parts: Iterable<string>): Generator<Uint8Array> {
  let text = '';
  for (const part of parts) {
    text += part;
    while (text.length >= PIECE_LENGTH) {
      yield encoder.encode(text.slice(0, PIECE_LENGTH));
      text = text.slice(PIECE_LENGTH);
    }
  }
  if (text !== '') yield encoder.encode(text);
}

/** One array of all `pieces`. */
export function joinPieces(pieces: Iterable<Uint8Array>): Uint8Array {
  const list = [...pieces];
  const [only] = list;
  if (list.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(list.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of list) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

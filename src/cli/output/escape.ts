/**
 * Makes text harmless for a terminal: control characters, line breaks, marks that turn the
 * direction of writing and halves of surrogate pairs become visible escapes. File names
 * come from strangers; printed raw they could move the cursor or fake a line.
 */

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` on one line, with `\n`, `\xNN` or `\uNNNN` in place of what a terminal would act on. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escaped(character.charCodeAt(0)));
}

function escaped(unit: number): string {
  return unit < 0x100 ? `\\x${hex(unit, 2)}` : `\\u${hex(unit, 4)}`;
}

function hex(unit: number, digits: number): string {
  return unit.toString(16).padStart(digits, '0');
}

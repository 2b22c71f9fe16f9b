/** JSON in pure ASCII, as Python's `json.dumps` writes it; only texts hold anything else. */
const ABOVE_ASCII = /[\x7f-\uffff]/g;

/** `value` as JSON, indented by `indent` spaces where that is given. */
export function asciiJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    ABOVE_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

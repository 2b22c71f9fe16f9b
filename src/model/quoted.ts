/** Foreign text inside messages: quoted, escaped, and short however long it is. */

/** Characters of foreign text that a message repeats. */
export const QUOTED_LENGTH = 200;

/** `value` as a JSON string literal, cut at {@link QUOTED_LENGTH} characters. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > QUOTED_LENGTH ? `${value.slice(0, QUOTED_LENGTH)}...` : value);
}

/** Any JSON value for a message; text is cut, containers are named only by their kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

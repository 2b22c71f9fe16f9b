/** Names and values in two columns, safe for a terminal. */
import { escapeControls } from './escape.js';

/** One line per row, the values aligned. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${escapeControls(value)}\n`).join('');
}

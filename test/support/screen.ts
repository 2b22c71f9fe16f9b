/** What a terminal shows, for output of which every control is known here: any other fails the test. */

const CONTROL = /^(?:\r|\n|\u001b\[(?<argument>\d*)(?<command>[GK])|\u001b(?<place>[78]))/;

/** The lines of a screen high enough for all of `text`, which begins in its first row. */
export function screenOf(text: string): string[] {
  const rows: string[] = [''];
  let cursor = { row: 0, column: 0 };
  let saved = cursor;
  const line = (): string => rows[cursor.row] ?? '';
  const show = (shown: string): void => {
    rows[cursor.row] = line().slice(0, cursor.column).padEnd(cursor.column) + shown;
  };
  for (let at = 0; at < text.length; ) {
    const control = CONTROL.exec(text.slice(at, at + 10));
    const [matched = text.charAt(at)] = control ?? [];
    const { argument = '', command, place } = control?.groups ?? {};
    at += matched.length;
    if (!control) {
      if (matched < ' ') throw new Error(`an unknown control: ${JSON.stringify(text.slice(at - 1, at + 9))}`);
      show(matched + line().slice(cursor.column + 1));
      cursor = { ...cursor, column: cursor.column + 1 };
    } else if (matched === '\r') cursor = { ...cursor, column: 0 };
    else if (matched === '\n') {
      cursor = { ...cursor, row: cursor.row + 1 };
      rows[cursor.row] ??= '';
    } else if (command === 'G') cursor = { ...cursor, column: Number(argument || '1') - 1 };
    else if (command === 'K') {
      if (Number(argument) !== 0) throw new Error(`an unknown way to clear: ${argument}`);
      show('');
    } else if (place === '7') saved = cursor;
    else cursor = saved;
  }
  return rows.map((row) => row.trimEnd());
}

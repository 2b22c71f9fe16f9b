/** What every hash cache agrees on, whatever it stores rows in (spec/storage.md 5.3). Pure. */
import { isTooYoung } from './mtime-forms.js';
import type { HashQuery, HashRecord } from './ports.js';

export function isWholeFile({ rangeStart, rangeEnd }: Pick<HashQuery, 'rangeStart' | 'rangeEnd'>): boolean {
  return rangeStart === 0 && rangeEnd === -1;
}

/** Ranges that hold nothing are neither looked up nor stored. */
export function isUsableRange(range: Pick<HashQuery, 'rangeStart' | 'rangeEnd'>): boolean {
  return isWholeFile(range) || (range.rangeStart >= 0 && range.rangeEnd > range.rangeStart);
}

/** Whether a record may be stored: a real range, of a file that had time to settle. */
export function isStorable(record: HashRecord): boolean {
  return isUsableRange(record) && !isTooYoung(record.mtimeNs, record.startedNs);
}

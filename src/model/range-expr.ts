/** Range expressions of OpenJD, for example `1-10:2,20`: checked, not expanded (spec/files-and-submission.md 7.4). */

/** Characters that the service takes. */
export const MAX_RANGE_EXPR_LENGTH = 1024;

const INT64 = 2n ** 63n;
const ELEMENT = /^[ \t]*(-?[0-9]+)[ \t]*(?:-[ \t]*(-?[0-9]+)[ \t]*(?::[ \t]*(-?[0-9]+)[ \t]*)?)?$/;

/** The least and the greatest value of one element. */
interface Span {
  readonly first: bigint;
  readonly last: bigint;
}

/** What is wrong with `text` as a range expression; nothing if it is one. */
export function rangeExprProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  if (text.length > MAX_RANGE_EXPR_LENGTH) {
    return `it has ${text.length} characters, more than ${MAX_RANGE_EXPR_LENGTH}`;
  }
  const spans: Span[] = [];
  for (const element of text.split(',')) {
    const span = spanOf(element);
    if (typeof span === 'string') return span;
    spans.push(span);
  }
  return overlap(spans);
}

function spanOf(element: string): Span | string {
  const [, from, to = from, by = '1'] = ELEMENT.exec(element) ?? [];
  const shown = `the element '${element.trim()}'`;
  if (from === undefined || to === undefined)
    return `${shown} is no integer, range such as 1-10 or stepped range such as 1-10:2`;
  const [start, end, step] = [BigInt(from), BigInt(to), BigInt(by)];
  if ([start, end, step].some((value) => value < -INT64 || value >= INT64))
    return `${shown} is beyond 64 bits`;
  if (step === 0n) return `${shown} has a step of zero`;
  if (start !== end && start < end !== step > 0n) return `${shown} has a step that leads away from its end`;
  // The last value that is reached, which need not be the end as written.
  const reached = start + ((end - start) / step) * step;
  return step > 0n ? { first: start, last: reached } : { first: reached, last: start };
}

function overlap(spans: readonly Span[]): string | undefined {
  const sorted = spans.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  for (const [index, { first }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && before.last >= first) {
      return `the ranges ${before.first}-${before.last} and ${first}-${sorted[index]?.last} overlap`;
    }
  }
  return undefined;
}

/**
 * What chance makes, through the Python library and through this one. Left to it, chance meets two failures of the library that
 * are avoided on purpose: it cannot sort a group without a name beside one with, below the same root
 * (spec/files-and-submission.md 6.2 step 6), and fails at links in circles where locations are looked for (9, case 1).
 */
import { expect, it } from 'vitest';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import { attachedByUs } from './submission-ours.js';
import { comparableAttachments, type Outcome } from './submission-outcome.js';
import { randomCase } from './submission-random-cases.js';

const CASES = Array.from({ length: 100 }, (_, seed) => randomCase(seed));

const ON_PURPOSE: ReadonlySet<string> = new Set(['TypeError', 'RuntimeError']);

requireServer('python')('attachments by chance, beside the Python library', { timeout: 60_000 }, () => {
  const bothOf = useBoth(CASES, attachedByUs);

  it.each(CASES)('$name', async (testCase) => {
    const { python, ours } = await bothOf(testCase);
    const failure = python.error?.type ?? '';
    if (!ON_PURPOSE.has(failure)) expect(comparable(ours)).toEqual(comparable(python));
    else if (failure === 'TypeError') expectRootTwice(ours);
    else expect(ours.error).toBeUndefined();
  });
});

function expectRootTwice({ error, groups = [] }: Outcome): void {
  expect(error).toBeUndefined();
  const named = new Set(
    groups.filter((each) => each.fileSystemLocationName !== null).map((each) => each.rootPath),
  );
  const others = groups.filter((each) => each.fileSystemLocationName === null);
  expect(others.some(({ rootPath }) => named.has(rootPath))).toBe(true);
}

/** A path that is found twice may be warned of twice, and in another spelling. */
function comparable(outcome: Outcome): object {
  const missing = outcome.warnings.map((line) => line.replace(/^.* resolving to /s, ''));
  return { ...comparableAttachments(outcome), warnings: new Set(missing) };
}

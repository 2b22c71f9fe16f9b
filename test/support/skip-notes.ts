/** Notes from the workers of a test run to its end: what was skipped because a program is missing. */

/** The environment variable that names the file of the notes; workers inherit it. */
export const SKIP_NOTES = 'RX_ATTACHMENTS_TEST_SKIP_NOTES';

/** The line for the end of a run; `undefined` when nothing was skipped. */
export function skipLine(notes: string): string | undefined {
  const counts = new Map<string, number>();
  for (const name of notes.split('\n').filter((line) => line !== ''))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size === 0) return undefined;
  const what = [...counts].map(([name, groups]) => `${name} (asked for ${groups} times)`).join(', ');
  return `!!! SKIPPED TESTS, because programs are missing: ${what}. Install them: node scripts/setup-peers.mjs`;
}

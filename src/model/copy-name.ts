/** Names of copies beside a file that exists already (spec/storage.md 4.3). Does not look at a disk. */

/** The highest number that a copy may have. */
export const MAX_COPIES = 10_000;

/** Stem and suffix of a file's name: the suffix starts at the last dot, unless that is the first or last character. */
export function splitName(name: string): { stem: string; suffix: string } {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || dot === name.length - 1) return { stem: name, suffix: '' };
  return { stem: name.slice(0, dot), suffix: name.slice(dot) };
}

/** `{stem} ({n}){suffix}`; `n` counts from 1. */
export function copyName(name: string, n: number): string {
  const { stem, suffix } = splitName(name);
  return `${stem} (${n})${suffix}`;
}

/** The copy's path; only the last component of the `/`-separated `path` changes. */
export function copyPath(path: string, n: number): string {
  const slash = path.lastIndexOf('/') + 1;
  return path.slice(0, slash) + copyName(path.slice(slash), n);
}

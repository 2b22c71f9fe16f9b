/**
 * What a user is shown before a submission, and whether they are asked
 * (spec/files-and-submission.md 7.6). Printing and reading the answer is the program's.
 */
import type { AssetRootGroup } from './asset-groups.js';
import { isWithin, sortedHostPaths } from './host-path-order.js';
import { directoryOf, KnownPaths, type KnownPathsOptions } from './known-paths.js';
import { LocationIndex } from './location-index.js';
import type { HostPaths } from './paths.js';
import { sizeText } from './size-text.js';
import type { StorageProfile } from './storage-profile.js';

/** Lines of one class that are shown; of more, one fewer and how many there are besides. */
export const SHOWN_LINES = 5;

export const REFUSED_BY_USER = 'Job submission canceled (user input).';
export const REFUSED_BY_SETTING =
  'Job submission canceled (settings.auto_accept enabled and there were unknown paths).';

export interface SubmitPathsOptions extends KnownPathsOptions {
  readonly knownPaths: readonly string[];
  /** Its name stands before known paths of its LOCAL locations. */
  readonly storageProfile?: StorageProfile;
}

/** The places of a submission, those within known paths apart. */
export interface SubmitPaths {
  readonly known: readonly string[];
  readonly unknown: readonly string[];
  /** What no answer means: yes if everything is known. */
  readonly defaultAnswer: boolean;
}

/** The lines of both classes: directories of inputs, then output directories, each sorted by parts. */
export function classifySubmitPaths(
  groups: readonly Pick<AssetRootGroup, 'inputs' | 'outputs'>[],
  options: SubmitPathsOptions,
): SubmitPaths {
  const { format } = options;
  const isKnown = new KnownPaths(options.knownPaths, options);
  const directories = directoriesOf(groups, format);
  const outputs = sortedHostPaths(new Set(groups.flatMap((group) => [...group.outputs])), format);
  const prefix = profilePrefix(options);
  const linesOf = (known: boolean): string[] => {
    const mark = known ? prefix : () => '';
    const ofClass = (path: string): boolean => isKnown.has(path) === known;
    return shortened([
      ...topmost(directories.filter(ofClass), format).map((path) => `${mark(path)}${path}`),
      ...outputs.filter(ofClass).map((path) => `(output) ${mark(path)}${path}`),
    ]);
  };
  const unknown = linesOf(false);
  return { known: linesOf(true), unknown, defaultAnswer: unknown.length === 0 };
}

function directoriesOf(groups: readonly Pick<AssetRootGroup, 'inputs'>[], format: HostPaths): string[] {
  const directories = new Set<string>();
  for (const { inputs } of groups) for (const input of inputs) directories.add(directoryOf(input, format));
  return sortedHostPaths(directories, format);
}

/** Of sorted paths those that are not below an earlier one. */
function topmost(sorted: readonly string[], format: HostPaths): string[] {
  const kept: string[] = [];
  for (const path of sorted) {
    const last = kept.at(-1);
    if (last === undefined || !isWithin(path, last, format)) kept.push(path);
  }
  return kept;
}

function profilePrefix({ storageProfile, format }: SubmitPathsOptions): (path: string) => string {
  const { displayName = '', locations = [] } = storageProfile ?? {};
  const local = new LocationIndex(
    locations.filter(({ locationType }) => locationType === 'LOCAL'),
    format,
  );
  return (path) => (local.find(path) === undefined ? '' : `[${displayName}] `);
}

function shortened(lines: string[]): string[] {
  if (lines.length <= SHOWN_LINES) return lines;
  const shown = lines.slice(0, SHOWN_LINES - 1);
  return [...shown, `... and ${lines.length - shown.length} more`];
}

/** What a program does about a submission: go on, ask with this default, or give up with this message. */
export type SubmitDecision =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'ask'; readonly defaultAnswer: boolean }
  | { readonly kind: 'cancel'; readonly message: string };

/**
 * Whether to ask. `autoAccept` is `--yes` or the setting: it agrees to known paths only.
 * Without any path there is nothing to ask.
 */
export function decideSubmit(paths: SubmitPaths, autoAccept: boolean): SubmitDecision {
  if (paths.known.length + paths.unknown.length === 0) return { kind: 'proceed' };
  if (!autoAccept) return { kind: 'ask', defaultAnswer: paths.defaultAnswer };
  return paths.unknown.length === 0 ? { kind: 'proceed' } : { kind: 'cancel', message: REFUSED_BY_SETTING };
}

/** The text that goes with the question. */
export function submitPathsText(
  paths: SubmitPaths,
  counts: { readonly files: number; readonly bytes: number; readonly outputDirectories: number },
): string {
  const { files, bytes, outputDirectories } = counts;
  const lines = [
    `Input files: ${files} totaling ${sizeText(bytes)}. Output directories: ${outputDirectories}.`,
    ...titled('Known locations:', paths.known),
    ...titled('Locations that are not among the known asset paths:', paths.unknown),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `    ${line}`)];
}

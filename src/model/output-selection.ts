/**
 * Which manifests of a listing are the outputs of a job (spec/storage.md 1.6): of each task
 * its latest run, of a chunked step all. Pure: it is fed the pages of a listing and keeps
 * what may still be chosen.
 */
import { compareCodePoints } from './order.js';
import { folderAndName, isOutputName, sessionActionIdOf } from './session-action.js';

/** `folder`: the run whose folder's name is greatest, as the Python client picks. `lastModified`: the one that was stored last. */
export type SelectBy = 'folder' | 'lastModified';

/** An object of a listing, as far as it is needed here. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size?: number;
  /** Seconds since the epoch. */
  readonly lastModified?: number;
}

/** An output manifest that a listing showed. */
export interface OutputManifest {
  readonly key: string;
  /** `{timestamp}_{sessionActionId}`. */
  readonly folder: string;
  /** Of the run that wrote it; absent where a foreign folder names none. */
  readonly sessionActionId?: string;
  /** Bytes, 0 where the listing does not say. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly lastModified?: number;
}

/** Takes a listing page by page, in any order of keys, and answers at its end. */
export class OutputSelection {
  readonly #steps: OutputManifest[] = [];
  readonly #tasks = new Map<string, TaskRuns>();

  /** `jobPrefix` ends in `/`; keys elsewhere are not looked at. */
  constructor(
    readonly jobPrefix: string,
    readonly selectBy: SelectBy = 'folder',
  ) {}

  add(objects: Iterable<ListedObject>): void {
    for (const object of objects) this.#addOne(object);
  }

  /** The chosen manifests, in the order of their keys. */
  selected(): OutputManifest[] {
    const runs = [...this.#tasks.values()].flatMap((task) => task.latest());
    return [...this.#steps, ...runs].sort((a, b) => compareCodePoints(a.key, b.key));
  }

  #addOne(object: ListedObject): void {
    const place = placeOf(object.key, this.jobPrefix);
    if (!place) return;
    const manifest = outputManifest(object, place.folder);
    if (place.task === undefined) this.#steps.push(manifest);
    else this.#runsOf(place.task).add(manifest);
  }

  #runsOf(task: string): TaskRuns {
    const known = this.#tasks.get(task);
    if (known) return known;
    const runs = this.selectBy === 'folder' ? new GreatestFolder() : new NewestFolder();
    this.#tasks.set(task, runs);
    return runs;
  }
}

/** Oldest first, the order in which manifests are merged: by time, then folder, then key. No time counts as the oldest. */
export function compareOutputs(a: OutputManifest, b: OutputManifest): number {
  return (
    (a.lastModified ?? 0) - (b.lastModified ?? 0) ||
    compareCodePoints(a.folder, b.folder) ||
    compareCodePoints(a.key, b.key)
  );
}

/** `object` as an output manifest in `folder`. */
export function outputManifest(object: ListedObject, folder: string): OutputManifest {
  const { key, size = 0, lastModified } = object;
  const sessionActionId = sessionActionIdOf(folder);
  return {
    key,
    folder,
    size,
    ...(sessionActionId !== undefined && { sessionActionId }),
    ...(lastModified !== undefined && { lastModified }),
  };
}

interface Place {
  readonly folder: string;
  /** `{step}/{task}`; absent for the outputs of a whole step. */
  readonly task?: string;
}

/**
 * Where below the job's prefix an output manifest lies. Only that part counts: a root prefix
 * may contain `task-` as well.
 */
function placeOf(key: string, jobPrefix: string): Place | undefined {
  if (!key.startsWith(jobPrefix)) return undefined;
  const segments = key.slice(jobPrefix.length).split('/');
  const last = folderAndName(key);
  const [step = '', task = ''] = segments;
  if (!last || !isOutputName(last.name) || !step.startsWith('step-')) return undefined;
  const inTask = task.startsWith('task-');
  if (segments.length === 4 && inTask) return { folder: last.folder, task: `${step}/${task}` };
  return segments.length === 3 && !inTask ? { folder: last.folder } : undefined;
}

interface TaskRuns {
  add(manifest: OutputManifest): void;
  latest(): readonly OutputManifest[];
}

/** Holds one run at a time. */
class GreatestFolder implements TaskRuns {
  #folder = '';
  #manifests: OutputManifest[] = [];

  add(manifest: OutputManifest): void {
    const order = compareCodePoints(manifest.folder, this.#folder);
    if (order > 0) {
      this.#folder = manifest.folder;
      this.#manifests = [];
    }
    if (order >= 0) this.#manifests.push(manifest);
  }

  latest(): readonly OutputManifest[] {
    return this.#manifests;
  }
}

/** Holds every run: the newest object of each may be the last one listed. Ties go to the greater folder. */
class NewestFolder implements TaskRuns {
  readonly #runs = new Map<string, OutputManifest[]>();

  add(manifest: OutputManifest): void {
    const run = this.#runs.get(manifest.folder);
    if (run) run.push(manifest);
    else this.#runs.set(manifest.folder, [manifest]);
  }

  latest(): readonly OutputManifest[] {
    const runs = [...this.#runs].map(([folder, manifests]) => ({
      folder,
      manifests,
      newest: manifests.reduce((max, { lastModified = 0 }) => Math.max(max, lastModified), 0),
    }));
    runs.sort((a, b) => b.newest - a.newest || compareCodePoints(b.folder, a.folder));
    return runs[0]?.manifests ?? [];
  }
}

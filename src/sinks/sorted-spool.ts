/**
 * Entries sorted by path, however many: above a limit, sorted runs go to temporary files
 * and are merged while they are read back. Knows no manifest format.
 */
import { createReadStream, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localIoError } from '../model/local-io.js';
import type { PathV2023 } from '../model/manifest.js';

/** A file's entry as a line of a run: JSON keeps names with line breaks on one line. */
type Row = readonly [path: string, hash: string, size: number, mtime: number];

const LINES_PER_WRITE = 4096;
const READ_BYTES = 256 * 1024;

export class SortedSpool {
  #buffer: PathV2023[] = [];
  readonly #runs: string[] = [];
  #directory: Promise<string> | undefined;
  /** The run that is being written; runs are written one at a time, so that at most two are held. */
  #writing: Promise<void> | undefined;
  #count = 0;
  #totalSize = 0;

  /** `limit` entries at most are held; `parent` is where the temporary directory is made. */
  constructor(
    readonly limit: number,
    readonly parent: string = tmpdir(),
  ) {}

  get count(): number {
    return this.#count;
  }

  get totalSize(): number {
    return this.#totalSize;
  }

  /** True once entries are on disk. */
  get spilled(): boolean {
    return this.#runs.length > 0;
  }

  /** A promise when as many entries as may be held are held: until a run is written, its caller should wait. */
  add(entry: PathV2023): Promise<void> | undefined {
    this.#buffer.push(entry);
    this.#count += 1;
    this.#totalSize += entry.size;
    if (this.#buffer.length < this.limit) return undefined;
    this.#writing ??= this.#spill().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** The entries that are not on disk, in no promised order: all of them unless {@link spilled}. */
  get held(): readonly PathV2023[] {
    return this.#buffer;
  }

  /** All entries in UTF-16 order of their paths; equal paths in no promised order. */
  async *sorted(): AsyncGenerator<PathV2023> {
    const rest = this.#buffer.sort(byPath);
    if (!this.spilled) return yield* rest;
    const runs = this.#runs.map((file) => readRun(file));
    yield* mergeRuns([
      ...runs,
      (async function* () {
        yield* rest;
      })(),
    ]);
  }

  /** Removes what is on disk, once nothing is written there any more. */
  async discard(): Promise<void> {
    await this.#writing?.catch(() => {});
    const directory = await this.#directory?.catch(() => undefined);
    if (directory !== undefined) await fs.rm(directory, { recursive: true, force: true });
  }

  /** A path in the temporary directory. */
  async file(name: string): Promise<string> {
    this.#directory ??= fs.mkdtemp(join(this.parent, 'rx-attachments-'));
    try {
      return join(await this.#directory, name);
    } catch (error) {
      throw localIoError(error, { operation: 'spool', path: this.parent, side: 'target' });
    }
  }

  async #spill(): Promise<void> {
    const run = this.#buffer;
    this.#buffer = [];
    const path = await this.file(`run-${this.#runs.length}`);
    this.#runs.push(path);
    run.sort(byPath);
    try {
      const file = await fs.open(path, 'wx', 0o600);
      try {
        for (let at = 0; at < run.length; at += LINES_PER_WRITE) {
          await file.writeFile(
            run
              .slice(at, at + LINES_PER_WRITE)
              .map(lineOf)
              .join(''),
          );
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      throw localIoError(error, { operation: 'spool', path, side: 'target' });
    }
  }
}

/** JSON has no line feed of its own, whatever the name holds. */
function lineOf({ path, hash, size, mtime }: PathV2023): string {
  return `${JSON.stringify([path, hash, size, mtime] satisfies Row)}\n`;
}

async function* readRun(path: string): AsyncGenerator<PathV2023> {
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: READ_BYTES });
  let rest = '';
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) yield entryOf(line);
    }
  } catch (error) {
    throw localIoError(error, { operation: 'spool', path, side: 'target' });
  } finally {
    stream.destroy();
  }
}

function entryOf(line: string): PathV2023 {
  const [path, hash, size, mtime] = JSON.parse(line) as Row;
  return { path, hash, size, mtime };
}

/** Takes the smallest head each time; the runs are few: one per `limit` entries. */
async function* mergeRuns(runs: readonly AsyncGenerator<PathV2023>[]): AsyncGenerator<PathV2023> {
  try {
    const heads = await Promise.all(runs.map((run) => run.next()));
    for (;;) {
      let least = -1;
      let entry: PathV2023 | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done === true || (entry && head.value.path >= entry.path)) continue;
        least = index;
        entry = head.value;
      }
      if (!entry) return;
      yield entry;
      heads[least] = await (runs[least] as AsyncGenerator<PathV2023>).next();
    }
  } finally {
    // A merge that is left early must not leave files open.
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

function byPath(a: PathV2023, b: PathV2023): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

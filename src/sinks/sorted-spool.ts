/**
 * Entries sorted by path, however many: above a limit, sorted runs go to temporary files
 * and are merged while they are read back. Knows no manifest format.
 */
import { createReadStream, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { localIoError } from '../model/local-io.js';
import type { PathV2023 } from '../model/manifest.js';

/** A file's entry as a line of a run: JSON keeps names with line breaks on one line. */
type Row = readonly [path: string, hash: string, size: number, mtime: number];

const LINES_PER_WRITE = 4096;

export class SortedSpool {
  #buffer: PathV2023[] = [];
  readonly #runs: string[] = [];
  #directory: string | undefined;
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

  /** A promise when a run is being written; what comes meanwhile is taken too. */
  add(entry: PathV2023): Promise<void> | undefined {
    this.#buffer.push(entry);
    this.#count += 1;
    this.#totalSize += entry.size;
    if (this.#buffer.length < this.limit) return undefined;
    const run = this.#buffer;
    this.#buffer = [];
    return this.#write(run);
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

  /** Removes what is on disk. */
  async discard(): Promise<void> {
    if (this.#directory !== undefined) await fs.rm(this.#directory, { recursive: true, force: true });
  }

  /** A path in the temporary directory. */
  async file(name: string): Promise<string> {
    this.#directory ??= await fs.mkdtemp(join(this.parent, 'rx-attachments-'));
    return join(this.#directory, name);
  }

  async #write(run: PathV2023[]): Promise<void> {
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

function lineOf({ path, hash, size, mtime }: PathV2023): string {
  const text = JSON.stringify([path, hash, size, mtime] satisfies Row);
  // These two are line ends to the line reader, and JSON leaves them as they are.
  return `${text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
}

async function* readRun(file: string): AsyncGenerator<PathV2023> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    const [path, hash, size, mtime] = JSON.parse(line) as Row;
    yield { path, hash, size, mtime };
  }
}

/** Takes the smallest head each time; the runs are few: one per `limit` entries. */
async function* mergeRuns(runs: readonly AsyncGenerator<PathV2023>[]): AsyncGenerator<PathV2023> {
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
}

function byPath(a: PathV2023, b: PathV2023): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

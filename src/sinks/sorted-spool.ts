/**
 * Entries sorted by path, however many: above a limit, sorted runs go to temporary files
 * and are merged while they are read back. Knows no manifest format: an entry is its path
 * and its text, which is ASCII and one line.
 */
import { createReadStream, promises as fs } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localIoError } from '../model/local-io.js';
import { type EntryText, EntryTexts } from './entry-texts.js';

/** Between a path and its text in a line of a run. The path is there as JSON, which keeps names with any character on one line. */
const SEPARATOR = '\t';
const LINES_PER_WRITE = 4096;
const READ_BYTES = 256 * 1024;

export class SortedSpool {
  #held = new EntryTexts();
  readonly #runs: string[] = [];
  #directory: Promise<string> | undefined;
  /** The run that is being written; runs are written one at a time, so that at most two are held. */
  #writing: Promise<void> | undefined;
  #count = 0;

  /** `limit` entries at most are held; `parent` is where the temporary directory is made. */
  constructor(
    readonly limit: number,
    readonly parent: string = tmpdir(),
  ) {}

  get count(): number {
    return this.#count;
  }

  /** True once entries are on disk. */
  get spilled(): boolean {
    return this.#runs.length > 0;
  }

  /** The entries that are not on disk: all of them unless {@link spilled}. */
  get held(): EntryTexts {
    return this.#held;
  }

  /** A promise when as many entries as may be held are held: until a run is written, its caller should wait. */
  add(path: string, text: string): Promise<void> | undefined {
    this.#held.add(path, text);
    this.#count += 1;
    if (this.#held.count < this.limit) return undefined;
    this.#writing ??= this.#spill().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** All entries in UTF-16 order of their paths; equal paths in no promised order. */
  async *sorted(): AsyncGenerator<EntryText> {
    const rest = this.#held.sorted();
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
    const run = this.#held;
    this.#held = new EntryTexts();
    const path = await this.file(`run-${this.#runs.length}`);
    this.#runs.push(path);
    try {
      const file = await fs.open(path, 'wx', 0o600);
      try {
        for (const lines of linesOf(run)) await file.writeFile(lines);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw localIoError(error, { operation: 'spool', path, side: 'target' });
    }
  }
}

/** A run as text, many lines at once. */
function* linesOf(run: EntryTexts): Generator<string> {
  let lines: string[] = [];
  for (const { path, text } of run.sorted()) {
    lines.push(`${JSON.stringify(path)}${SEPARATOR}${text}\n`);
    if (lines.length < LINES_PER_WRITE) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

async function* readRun(path: string): AsyncGenerator<EntryText> {
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

function entryOf(line: string): EntryText {
  const at = line.lastIndexOf(SEPARATOR);
  return { path: JSON.parse(line.slice(0, at)) as string, text: line.slice(at + 1) };
}

/** Takes the smallest head each time; the runs are few: one per `limit` entries. */
async function* mergeRuns(runs: readonly AsyncGenerator<EntryText>[]): AsyncGenerator<EntryText> {
  try {
    const heads = await Promise.all(runs.map((run) => run.next()));
    for (;;) {
      let least = -1;
      let entry: EntryText | undefined;
      for (const [index, head] of heads.entries()) {
        if (head.done === true || (entry && head.value.path >= entry.path)) continue;
        least = index;
        entry = head.value;
      }
      if (!entry) return;
      yield entry;
      heads[least] = await (runs[least] as AsyncGenerator<EntryText>).next();
    }
  } finally {
    // A merge that is left early must not leave files open.
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

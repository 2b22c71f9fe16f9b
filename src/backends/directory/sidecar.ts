/**
 * Sidecars of the directory store (spec/storage.md 1.8): content type, user metadata and
 * tags of an object, in `{file}.metadata.json` beside it, for objects that have any. The
 * sidecar names the size of its object: one that was left behind by a killed process, or
 * belongs to an object replaced since, is not believed. Within a process the two files of
 * one object change together; another process that replaces an object *with metadata* by one
 * of equal size can be seen between the two renames.
 */
import { errnoOf } from '../../model/local-io.js';
import { SIDECAR_SUFFIX } from '../../model/metadata.js';
import type { Details } from '../contract.js';
import type { FileCalls } from './file-calls.js';
import type { Publisher } from './publish.js';

interface SidecarText extends Details {
  readonly size: number;
}

export class Sidecars {
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(
    private readonly publisher: Publisher,
    private readonly calls: FileCalls,
  ) {}

  /** What is known of the object at `path` beside its bytes; `undefined` for most. */
  async read(path: string, size: number): Promise<Details | undefined> {
    const text = await this.calls.readFile(path + SIDECAR_SUFFIX, 'utf8').catch((error: unknown) => {
      const errno = errnoOf(error);
      // A name so long that its sidecar has none cannot have been given one.
      if (errno !== 'ENOENT' && errno !== 'ENAMETOOLONG') throw error;
    });
    return text === undefined ? undefined : parseSidecar(text, size);
  }

  async write(path: string, size: number, details: Details): Promise<void> {
    const sidecar: SidecarText = { size, ...details };
    const bytes = Buffer.from(`${JSON.stringify(sidecar)}\n`);
    await this.publisher.write({ path: path + SIDECAR_SUFFIX, ifAbsent: false }, (write) => write(bytes, 0));
  }

  async remove(path: string): Promise<void> {
    await this.calls.unlink(path + SIDECAR_SUFFIX).catch((error: unknown) => {
      const errno = errnoOf(error);
      if (errno !== 'ENOENT' && errno !== 'ENAMETOOLONG') throw error;
    });
  }

  /** Runs `work` when no other write with metadata to the same path runs. */
  async alone<T>(path: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(path) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#busy.set(path, settled);
    try {
      return await mine;
    } finally {
      if (this.#busy.get(path) === settled) this.#busy.delete(path);
    }
  }

  /** A promise while a write with metadata to the path runs. */
  pending(path: string): Promise<unknown> | undefined {
    return this.#busy.get(path);
  }
}

/** What a sidecar's text says of an object of `size` bytes; `undefined` where it is about another one. */
export function parseSidecar(text: string, size: number): Details | undefined {
  let sidecar: Partial<SidecarText>;
  try {
    sidecar = JSON.parse(text) as Partial<SidecarText>;
  } catch {
    return undefined; // not ours: sidecars are whole or not there
  }
  if (typeof sidecar !== 'object' || sidecar === null || sidecar.size !== size) return undefined;
  const { size: _size, ...details } = sidecar;
  return details;
}

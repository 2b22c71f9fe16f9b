/**
 * Links of one submitted directory that lead nowhere: the job refers to them, so its root has to hold them
 * (spec/files-and-submission.md 6.3).
 */
import { join } from 'node:path';
import { missingInputText } from '../model/asset-groups.js';
import { commonRoot } from '../model/host-path-order.js';
import type { Logger } from '../pipeline/types.js';
import { hostFormat } from './host-format.js';

export class BrokenLinks {
  readonly #below = new Set<string>();

  constructor(
    /** Absolute. */
    readonly directory: string,
    readonly log?: Logger,
  ) {}

  /** Takes the path of a link relative to the directory; a walk that begins again brings it a second time. */
  add(path: string): void {
    if (this.#below.has(path)) return;
    this.#below.add(path);
    const absolute = join(this.directory, path);
    this.log?.('warning', missingInputText(absolute, absolute), { path: absolute });
  }

  /** Relative to the directory. */
  get paths(): Iterable<string> {
    return this.#below;
  }

  /** The root of a job that has nothing else: the link itself where there is one only, and the directory where there is none. */
  get root(): string {
    if (this.#below.size === 0) return this.directory;
    const absolute = [...this.#below].map((path) => join(this.directory, path));
    return commonRoot(absolute, hostFormat);
  }
}

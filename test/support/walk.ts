/** Runs a source by itself and gives what it emitted, said and counted. */
import { realpathSync } from 'node:fs';
import type { TreeEntry } from '../../src/model/file-item.js';
import type { LogLevel, RunContext, Source } from '../../src/pipeline/types.js';
import { type WalkOptions, walkTree } from '../../src/sources/walk-tree.js';
import { testContext } from './pipeline.js';
import { tempDir } from './temp-dir.js';

export interface SourceRun<T> {
  readonly entries: readonly T[];
  /** Sorted. */
  readonly paths: readonly string[];
  readonly logged: readonly { readonly level: LogLevel; readonly message: string; readonly path?: unknown }[];
  readonly counters: Readonly<Record<string, number>>;
}

/** Everything that `source` emits. */
export async function collected<T extends { readonly path: string }>(
  source: Source<T>,
  overrides: Partial<RunContext> = {},
): Promise<SourceRun<T>> {
  const logged: { level: LogLevel; message: string; path?: unknown }[] = [];
  const ctx = testContext({
    log: (level, message, fields) => void logged.push({ level, message, path: fields?.['path'] }),
    ...overrides,
  });
  const entries: T[] = [];
  for await (const entry of source(ctx)) entries.push(entry);
  const { counters } = ctx.progress.snapshot(true);
  return { entries, paths: entries.map(({ path }) => path).sort(), logged, counters };
}

export function walked(
  root: string,
  options: WalkOptions = {},
  overrides: Partial<RunContext> = {},
): Promise<SourceRun<TreeEntry>> {
  return collected(walkTree(root, options), overrides);
}

/** A temporary directory whose own path holds no link, and a name for each tree below it. */
export function treeRoots(name: string): () => string {
  const base = realpathSync(tempDir(name));
  let count = 0;
  return () => {
    count += 1;
    return `${base}/${count}`;
  };
}

/** Items of an upload, and a run of one stage whose leases are counted. */
import { from, lastValueFrom, Observable, toArray } from 'rxjs';
import type { HashedEntry, TreeEntry } from '../../src/model/file-item.js';
import type { OwnedContext } from '../../src/pipeline/context.js';
import type { Leased, Stage } from '../../src/pipeline/types.js';
import { leased, testContext, turns } from './pipeline.js';

export function entry(path: string, more: Partial<TreeEntry> = {}): TreeEntry {
  return {
    path,
    kind: 'file',
    sourcePath: `/r/${path}`,
    size: 3,
    mtimeNs: 1n,
    ctimeNs: 2n,
    mode: 0o644,
    ...more,
  };
}

export function hashed(
  path: string,
  hashes: readonly string[],
  more: Partial<HashedEntry> = {},
): HashedEntry {
  return { ...entry(path), hashes, hashedBy: 'reading', ...more };
}

/** What a stage passes at once: neither has content. */
export const WITHOUT_CONTENT: readonly TreeEntry[] = [
  entry('d', { kind: 'directory', size: 0 }),
  entry('l', { kind: 'symlink', size: 0, linkTarget: 'd' }),
];

/** Leases that items hold, and how often each was given back. */
export class LeaseCount {
  readonly released: number[] = [];

  items<A>(values: readonly A[]): Leased<A>[] {
    return values.map((value, index) => {
      this.released[index] = 0;
      return leased(value, () => {
        this.released[index] = (this.released[index] ?? 0) + 1;
      });
    });
  }

  /** True when every lease went back exactly once. */
  get balanced(): boolean {
    return this.released.every((times) => times === 1);
  }
}

export interface StageRun<B> {
  readonly values: B[];
  readonly ctx: OwnedContext;
  readonly counters: Readonly<Record<string, number>>;
  readonly logged: readonly string[];
}

/** Runs `stage` over `values`, gives each output's lease back, and checks that all leases went back once. */
export async function runStage<A, B>(
  stage: Stage<A, B>,
  values: readonly A[],
  overrides: Parameters<typeof testContext>[0] = {},
): Promise<StageRun<B>> {
  const logged: string[] = [];
  const ctx = testContext({ log: (_level, message) => void logged.push(message), ...overrides });
  const count = new LeaseCount();
  const outputs = await lastValueFrom(from(count.items(values)).pipe(stage(ctx), toArray()));
  for (const { lease } of outputs) lease.release();
  await turns(2);
  if (!count.balanced) throw new Error(`leases were given back ${count.released} times`);
  const { counters } = ctx.progress.snapshot(true);
  return { values: outputs.map(({ value }) => value), ctx, counters, logged };
}

/** Runs `stage` for its error; every output is released at once, so all leases must be back at the end. */
export async function failStage<A, B>(
  stage: Stage<A, B>,
  values: readonly A[],
  overrides: Parameters<typeof testContext>[0] = {},
): Promise<{ error: unknown; balanced: boolean; ctx: OwnedContext; count: number }> {
  const ctx = testContext(overrides);
  const leases = new LeaseCount();
  let count = 0;
  const error = await new Promise<unknown>((resolve) => {
    from(leases.items(values))
      .pipe(stage(ctx))
      .subscribe({
        next: ({ lease }) => {
          count += 1;
          lease.release();
        },
        error: resolve,
        complete: () => resolve(undefined),
      });
  });
  await turns(3);
  return { error, balanced: leases.balanced, ctx, count };
}

/** Subscribes, and gives what a test needs to leave while work is under way. */
export function subscribed<A, B>(stage: Stage<A, B>, values: readonly A[], ctx = testContext()) {
  const leases = new LeaseCount();
  const items = leases.items(values);
  // Never completes: the test leaves first.
  const open = new Observable<Leased<A>>((subscriber) => {
    for (const item of items) subscriber.next(item);
  });
  const outputs: B[] = [];
  const subscription = open.pipe(stage(ctx)).subscribe(({ value, lease }) => {
    outputs.push(value);
    lease.release();
  });
  return { subscription, leases, outputs, ctx };
}

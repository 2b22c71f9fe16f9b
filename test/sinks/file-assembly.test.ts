import { expect, it } from 'vitest';
import type { HashedEntry } from '../../src/model/file-item.js';
import type { SettledUnit } from '../../src/model/upload-unit.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { FileAssembly } from '../../src/sinks/file-assembly.js';
import { statsSink } from '../../src/sinks/stats-sink.js';

const file = (path: string, more: Partial<HashedEntry> = {}): HashedEntry => ({
  path,
  kind: 'file',
  sourcePath: `/${path}`,
  size: 10,
  mtimeNs: 0n,
  ctimeNs: 0n,
  mode: 0o644,
  ...more,
});
const unit = (of: HashedEntry, objects: number, outcome: SettledUnit['outcome']): SettledUnit => ({
  file: of,
  objects,
  outcome,
});

it('gives a file when its last object has settled, whatever comes between', () => {
  const assembly = new FileAssembly();
  const a = file('a');
  const b = file('a'); // another file, although it says the same
  expect(assembly.accept(unit(a, 3, 'skipped'))).toBeUndefined();
  expect(assembly.accept(unit(b, 2, 'skipped'))).toBeUndefined();
  expect(assembly.accept(unit(a, 3, 'sent'))).toBeUndefined();
  expect(assembly.accept(unit(b, 2, 'skipped'))).toBe(b);
  expect(assembly.accept(unit(a, 3, 'skipped'))).toBe(a);
  expect(assembly.transferred).toMatchObject({
    processedFiles: 1,
    skippedFiles: 1,
    totalFiles: 2,
    totalBytes: 20,
  });
});

it('tells what was hashed from what was sent', async () => {
  const units = [
    unit(file('a', { hashedBy: 'reading' }), 1, 'skipped'),
    unit(file('b', { hashedBy: 'cache' }), 1, 'sent'),
    unit(file('d', { kind: 'directory', size: 0 }), 0, 'skipped'),
    unit(file('l', { kind: 'symlink', size: 0 }), 0, 'skipped'),
  ];
  const assembly = new FileAssembly();
  for (const each of units) assembly.accept(each);
  expect(assembly.hashed).toMatchObject({ totalFiles: 2, processedFiles: 1, skippedFiles: 1 });
  expect(assembly.transferred).toMatchObject({ totalFiles: 2, processedBytes: 10, skippedBytes: 10 });
  const source = Pipeline.from<SettledUnit>(async function* () {
    yield* units.values();
  });
  const counts: Record<string, number>[] = [];
  const stats = await source
    .into(statsSink())
    .run({ onProgress: ({ counters }) => counts.push({ ...counters }) > 0 });
  expect(stats).toEqual(assembly.transferred);
  expect(counts.at(-1)).toMatchObject({ files: 2, bytes: 20, skippedFiles: 1, skippedBytes: 10 });
});

import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CancelledError } from '../../src/pipeline/errors.js';
import { copyContent } from '../../src/sinks/copy-content.js';
import { noise } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('copy-content');
const signal = new AbortController().signal;
const content = noise(9 * 1024 * 1024 + 3, 1);

it.each([
  ['in one call', Number.MAX_SAFE_INTEGER],
  ['in pieces', 0],
])('copies %s, into new files only', async (_how, oneCallBytes) => {
  const root = mkdtempSync(join(base, 'case-'));
  const from = join(root, 'from');
  const to = join(root, 'to');
  writeFileSync(from, content);
  await copyContent(from, to, content.length, signal, oneCallBytes);
  expect(readFileSync(to).equals(content)).toBe(true);
  const again = copyContent(from, to, content.length, signal, oneCallBytes);
  await expect(again).rejects.toMatchObject({ code: 'EEXIST' });
  symlinkSync(join(root, 'elsewhere'), join(root, 'link'));
  const through = copyContent(from, join(root, 'link'), content.length, signal, oneCallBytes);
  await expect(through).rejects.toMatchObject({ code: 'EEXIST' });
  expect(existsSync(join(root, 'elsewhere'))).toBe(false);
});

it('ends between two pieces when it is cancelled', async () => {
  const root = mkdtempSync(join(base, 'case-'));
  writeFileSync(join(root, 'from'), content);
  const cancelled = copyContent(join(root, 'from'), join(root, 'to'), content.length, AbortSignal.abort(), 0);
  await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
});

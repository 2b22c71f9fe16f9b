import { expect, it } from 'vitest';
import { progressKind } from '../../../src/cli/output/progress.js';

const WISH = { mode: 'auto', json: false, quiet: false, logFormat: 'text', env: {} } as const;

it.each([
  [{}, true, 'bar'],
  [{}, false, 'lines'],
  [{ mode: 'bar' }, true, 'bar'],
  [{ mode: 'bar' }, false, 'lines'],
  [{ mode: 'lines' }, true, 'lines'],
  [{ mode: 'none' }, true, 'none'],
  [{ json: true }, true, 'none'],
  [{ json: true }, false, 'none'],
  [{ json: true, mode: 'bar' }, true, 'none'],
  [{ json: true, mode: 'lines' }, false, 'lines'],
  [{ quiet: true }, true, 'none'],
  [{ quiet: true, mode: 'lines' }, false, 'none'],
  [{ logFormat: 'json' }, true, 'lines'],
  [{ logFormat: 'json', mode: 'bar' }, true, 'lines'],
  [{ env: { CI: '1' } }, true, 'lines'],
  [{ env: { CI: '1' }, mode: 'bar' }, true, 'lines'],
  [{ env: { TERM: 'dumb' } }, true, 'lines'],
  [{ env: { TERM: 'xterm', CI: '' } }, true, 'bar'],
] as const)('%j with a terminal: %s gives %s', (wish, isTTY, expected) => {
  expect(progressKind({ ...WISH, ...wish }, isTTY)).toBe(expected);
});

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hasLoneSurrogate, pathBlob } from '../../src/caches/path-blob.js';
import { surrogatePath } from '../support/cache-records.js';

const PYTHON = `import json, sys; print(json.dumps([p.encode('utf-8', 'surrogatepass').hex() for p in json.load(sys.stdin)]))`;

const PATHS = ['/plain', '/é/日本語/🎬', '/bad\udcff\udc80name', '\ud83c/\udfac', '/🎬\udcff', ''];

it('encodes as Python does with surrogatepass, and back', () => {
  const input = JSON.stringify(PATHS);
  const expected: unknown = JSON.parse(execFileSync('python3', ['-c', PYTHON], { input, encoding: 'utf8' }));
  expect(PATHS.map((path) => pathBlob(path).toString('hex'))).toEqual(expected);
  expect(PATHS.map((path) => surrogatePath(pathBlob(path)))).toEqual(PATHS);
});

it('tells which paths a text column cannot hold', () => {
  expect(PATHS.map(hasLoneSurrogate)).toEqual([false, false, true, true, true, false]);
});

/** Orders, normal form and containment against the golden data. */
import { expect } from 'vitest';
import { ManifestError } from '../../src/model/errors.js';
import { compareCodePoints, compareUtf16 } from '../../src/model/order.js';
import { checkContained, normalizePath } from '../../src/model/paths.js';
import { golden } from '../support/golden.js';

interface OrderCase {
  readonly paths: string[];
  readonly codePoint: string[];
  readonly utf16: string[];
  readonly ordersDiffer: boolean;
}

golden<OrderCase>('manifests/sort-orders.json', (c) => {
  const utf16 = [...c.paths].sort(compareUtf16);
  const codePoint = [...c.paths].sort(compareCodePoints);
  expect(utf16).toEqual(c.utf16);
  expect(codePoint).toEqual(c.codePoint);
  expect(utf16.join('\n') !== codePoint.join('\n')).toBe(c.ordersDiffer);
});

golden<{ input: string; output: string }>('manifests/normalize-path.json', (c) => {
  expect(normalizePath(c.input)).toBe(c.output);
  expect(normalizePath(c.output)).toBe(c.output);
});

golden<{ path: string; expect: 'accept' | 'reject' }>('manifests/containment.json', (c) => {
  const { path } = c;
  if (c.expect === 'accept') expect(checkContained(path, 'posix')).toBe(path);
  else expect(() => checkContained(path, 'posix')).toThrowError(ManifestError);
});

import { expect, it } from 'vitest';
import { checkAttachmentLimits } from '../../src/model/attachment-limits.js';
import type { ManifestProperties } from '../../src/model/attachments.js';

const root = (changes: Partial<ManifestProperties> = {}): ManifestProperties => ({
  ...{ rootPath: '/r', rootPathFormat: 'posix' },
  ...changes,
});
const outputs = (count: number) => ({
  outputRelativeDirectories: Array.from({ length: count }, (_, index) => `o${index}`),
});

it.each<[string, ManifestProperties[]]>([
  ['ten roots', Array.from({ length: 10 }, () => root())],
  ['a hundred outputs', [root(outputs(100))]],
  ['a root of 1,024 characters outside the basic plane', [root({ rootPath: '😀'.repeat(1024) })]],
  ['a location name of 64 characters', [root({ fileSystemLocationName: 'a 1'.padEnd(64, 'Z') })]],
])('takes %s', (_, manifests) => {
  expect(checkAttachmentLimits(manifests)).toBe(manifests);
});

it.each<[string, ManifestProperties[], RegExp]>([
  [
    'eleven roots',
    Array.from({ length: 11 }, (_, at) => root({ rootPath: `/r${at}` })),
    /manifests.*"\/r10"/,
  ],
  ['an output too many', [root(outputs(101))], /outputRelativeDirectories of the root "\/r".*101/],
  ['an empty root', [root({ rootPath: '' })], /rootPath.*0 characters/],
  ['a long root', [root({ rootPath: 'x'.repeat(1025) })], /1025 characters/],
  ['an empty output', [root({ outputRelativeDirectories: [''] })], /outputRelativeDirectories/],
  ['a long output', [root({ outputRelativeDirectories: ['x'.repeat(1025)] })], /outputRelativeDirectories/],
  [
    'a location with an underscore',
    [root({ fileSystemLocationName: 'a_b' })],
    /fileSystemLocationName.*"a_b"/,
  ],
  ['a long location', [root({ fileSystemLocationName: 'x'.repeat(65) })], /fileSystemLocationName.*65/],
  ['a long manifest path', [root({ inputManifestPath: 'x'.repeat(513) })], /inputManifestPath/],
  ['a long hash', [root({ inputManifestHash: 'x'.repeat(257) })], /inputManifestHash/],
])('refuses %s', (_, manifests, message) => {
  expect(() => checkAttachmentLimits(manifests)).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig', message: expect.stringMatching(message) }),
  );
});

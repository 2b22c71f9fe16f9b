import { describe, expect, it } from 'vitest';
import {
  attachmentsJson,
  checkFileSystemMode,
  manifestPropertiesJson,
  readAttachments,
} from '../../src/model/attachments.js';

const root = { rootPath: '/r', rootPathFormat: 'posix' } as const;

describe('readAttachments', () => {
  it('takes what other writers leave out or add', () => {
    const json = { manifests: [{ ...root, inputManifestPath: null, future: 1 }], future: 2 };
    expect(readAttachments(json)).toEqual({ manifests: [root], fileSystem: 'COPIED' });
    expect(readAttachments({ manifests: [], fileSystem: 'VIRTUAL' }).fileSystem).toBe('VIRTUAL');
  });

  it.each<[unknown, string]>([
    [null, 'attachments must be an object'],
    [{}, 'manifests must be a list'],
    [{ manifests: [], fileSystem: 'copied' }, 'fileSystem'],
    [{ manifests: [root, 1] }, 'manifests[1] must be an object'],
    [{ manifests: [{ rootPathFormat: 'posix' }] }, 'manifests[0].rootPath'],
    [{ manifests: [{ rootPath: '/r' }] }, 'manifests[0].rootPathFormat'],
    [{ manifests: [{ ...root, rootPathFormat: 'linux' }] }, '"linux"'],
    [{ manifests: [{ ...root, inputManifestHash: 1 }] }, 'manifests[0].inputManifestHash'],
    [{ manifests: [{ ...root, outputRelativeDirectories: [1] }] }, 'outputRelativeDirectories'],
  ])('refuses %j', (json, part) => {
    expect(() => readAttachments(json)).toThrowError(
      expect.objectContaining({ code: 'NonValidInputError', message: expect.stringContaining(part) }),
    );
  });
});

it('leaves empty members out, in the order of the service', () => {
  const full = {
    ...{ outputRelativeDirectories: ['o'], inputManifestHash: 'h', inputManifestPath: 'p' },
    ...{ rootPathFormat: 'posix' as const, fileSystemLocationName: 'L', rootPath: '/r' },
  };
  expect(Object.keys(manifestPropertiesJson(full))).toEqual([
    ...['rootPath', 'fileSystemLocationName', 'rootPathFormat'],
    ...['inputManifestPath', 'inputManifestHash', 'outputRelativeDirectories'],
  ]);
  const empty = { ...root, fileSystemLocationName: '', inputManifestPath: '', outputRelativeDirectories: [] };
  expect(attachmentsJson({ manifests: [empty], fileSystem: 'COPIED' })).toEqual({
    manifests: [root],
    fileSystem: 'COPIED',
  });
});

it('knows two file systems, case matters', () => {
  expect(['COPIED', 'VIRTUAL'].map(checkFileSystemMode)).toEqual(['COPIED', 'VIRTUAL']);
  for (const mode of ['virtual', '', 'MOUNTED']) {
    expect(() => checkFileSystemMode(mode)).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
  }
});

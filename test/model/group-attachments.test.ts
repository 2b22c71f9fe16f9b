import { expect, it } from 'vitest';
import type { AssetRootGroup } from '../../src/model/asset-groups.js';
import { attachmentsOf, manifestPropertiesOf } from '../../src/model/group-attachments.js';

const group = (rootPath: string, ...outputs: string[]): AssetRootGroup => ({
  ...{ rootPath, inputs: new Set<string>(), outputs: new Set(outputs), references: new Set<string>() },
});

it('has nothing to send without groups, but refuses an unknown mode all the same', () => {
  expect(attachmentsOf([], { format: 'posix', fileSystem: 'COPIED' })).toBeUndefined();
  expect(() => attachmentsOf([], { format: 'posix', fileSystem: 'copied' })).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig' }),
  );
});

it('finds outputs below a Windows root without case, and sends each once', () => {
  const outputs = ['C:\\P\\Out\\b', 'c:\\p\\out', 'C:\\p\\OUT', 'C:\\P'];
  expect(manifestPropertiesOf(group('c:\\p', ...outputs), 'windows')).toEqual({
    ...{ rootPath: 'c:\\p', rootPathFormat: 'windows' },
    outputRelativeDirectories: ['.', 'OUT', 'Out\\b'],
  });
});

it('is checked against the limits before there are manifests', () => {
  const groups = Array.from({ length: 11 }, (_, index) => group(`/r${index}`));
  expect(() => attachmentsOf(groups, { format: 'posix', fileSystem: 'COPIED' })).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig', message: expect.stringContaining('"/r10"') }),
  );
});

import { describe, expect, it } from 'vitest';
import {
  assetReferencesDocument,
  hasReferences,
  mergeAssetReferences,
  NO_REFERENCES,
  readAssetReferences,
} from '../../src/model/asset-references.js';

const read = (document: unknown, onWarning?: (message: string) => void) =>
  readAssetReferences(document, { format: 'posix', ...(onWarning && { onWarning }) });

describe('readAssetReferences', () => {
  it.each([
    [undefined],
    [null],
    [{}],
    [{ assetReferences: {} }],
    [{ assetReferences: { inputs: {}, outputs: null } }],
  ])('%j refers to nothing', (document) => {
    expect(read(document)).toEqual(NO_REFERENCES);
    expect(hasReferences(read(document))).toBe(false);
  });

  it('makes paths normal, leaves relative ones relative, and takes each once', () => {
    const inputs = { filenames: ['a/../b', '/x//y', 'b'], directories: ['./d/'] };
    const document = {
      assetReferences: { inputs, outputs: { directories: ['../o'] }, referencedPaths: ['/r/'] },
    };
    expect(read(document)).toEqual({
      ...{ inputFilenames: ['b', '/x/y'], inputDirectories: ['d'] },
      ...{ outputDirectories: ['../o'], referencedPaths: ['/r'] },
    });
  });

  it('drops empty paths with a warning', () => {
    const warnings: string[] = [];
    const document = { assetReferences: { inputs: { directories: ['', 'd'] } } };
    expect(read(document, (text) => warnings.push(text)).inputDirectories).toEqual(['d']);
    expect(warnings).toEqual([expect.stringContaining('assetReferences.inputs.directories')]);
  });

  it.each<[unknown, string]>([
    [{ inputs: {} }, 'assetReferences'],
    [[], 'assetReferences'],
    [{ assetReferences: [] }, 'assetReferences'],
    [{ assetReferences: { inputs: 'x' } }, 'assetReferences.inputs'],
    [{ assetReferences: { outputs: { directories: 'x' } } }, 'assetReferences.outputs.directories'],
    [{ assetReferences: { referencedPaths: [1] } }, 'assetReferences.referencedPaths'],
  ])('refuses %j', (document, field) => {
    expect(() => read(document)).toThrowError(
      expect.objectContaining({ code: 'DeadlineOperationError', file: 'asset_references', field }),
    );
  });
});

it('merges, each path once, and comes back from its document', () => {
  const one = { ...NO_REFERENCES, inputFilenames: ['/b', '/a'], referencedPaths: ['/r'] };
  const two = { ...NO_REFERENCES, inputFilenames: ['/a', '/c'], outputDirectories: ['/o'] };
  const merged = mergeAssetReferences(one, two);
  expect(merged.inputFilenames).toEqual(['/b', '/a', '/c']);
  expect(hasReferences(merged)).toBe(true);
  const document = assetReferencesDocument(merged);
  expect(document).toEqual({
    assetReferences: {
      inputs: { directories: [], filenames: ['/a', '/b', '/c'] },
      outputs: { directories: ['/o'] },
      referencedPaths: ['/r'],
    },
  });
  expect(read(document)).toEqual({ ...merged, inputFilenames: ['/a', '/b', '/c'] });
});

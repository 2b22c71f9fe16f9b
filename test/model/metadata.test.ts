import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEncodedWords } from '../../src/model/encoded-words.js';
import { decodeAssetRoot, encodeManifestMetadata } from '../../src/model/metadata.js';

describe('encodeManifestMetadata', () => {
  it.each<[string, Record<string, string>]>([
    ['/plain root', { 'asset-root': '/plain root' }],
    [' /lead', { 'asset-root': ' /lead', 'asset-root-json': '" /lead"' }],
    ['/trail ', { 'asset-root': '/trail ', 'asset-root-json': '"/trail "' }],
    ['/tab\tin', { 'asset-root': '/tab\tin', 'asset-root-json': '"/tab\\tin"' }],
    ['/line\nend', { 'asset-root': '"/line\\nend"', 'asset-root-json': '"/line\\nend"' }],
    ['/del\x7f', { 'asset-root': '"/del\\u007f"', 'asset-root-json': '"/del\\u007f"' }],
  ])('%j', (root, metadata) => {
    expect(encodeManifestMetadata(root)).toEqual(metadata);
    expect(encodeManifestMetadata(root, '')).toEqual(metadata);
    expect(encodeManifestMetadata(root, 'Loc')).toEqual({ ...metadata, 'file-system-location-name': 'Loc' });
  });

  it.each(['Größe', 'a\nb', '\u{1f600}'])('refuses the location name %j', (name) => {
    expect(() => encodeManifestMetadata('/a', name)).toThrowError(
      expect.objectContaining({ kind: 'InvalidConfig' }),
    );
  });

  it('is what a header can carry, and reads back as the same root', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (root) => {
        const metadata = encodeManifestMetadata(root);
        for (const value of Object.values(metadata)) expect(value).toMatch(/^[\t -~]*$/);
        fc.pre(!root.includes('=?'));
        expect(decodeAssetRoot(metadata, 'k')).toEqual({ assetRoot: root });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('decodeAssetRoot', () => {
  it.each<[string, Record<string, string>, string]>([
    ['names in any case', { 'Asset-Root': '/a' }, '/a'],
    ['a value that only looks quoted', { 'asset-root': '"/a"' }, '"/a"'],
    ['JSON before text', { 'asset-root': '/text', 'asset-root-json': '"/json"' }, '/json'],
    ['an encoded word', { 'asset-root': '=?UTF-8?Q?/caf=C3=A9_x?=' }, '/café x'],
    ['an encoded word in base64', { 'asset-root': '=?utf-8?B?L2NhZsOp?=' }, '/café'],
    ['raw UTF-8 JSON as S3 returns it', { 'asset-root-json': '=?UTF-8?Q?"/caf=C3=A9"?=' }, '/café'],
  ])('reads %s', (_, metadata, assetRoot) => {
    expect(decodeAssetRoot(metadata, 'k')).toEqual({ assetRoot });
  });

  it.each(['not json', '5', 'null', '["/a"]', '{"a":1}', ''])('falls back from the JSON %j', (json) => {
    const decoded = decodeAssetRoot({ 'asset-root': '/a', 'asset-root-json': json }, 'the/key');
    expect(decoded).toEqual({ assetRoot: '/a', warning: expect.stringContaining('the/key') });
  });

  it.each<[Record<string, string>]>([
    [{}],
    [{ 'asset-root': '' }],
    [{ 'asset-root-json': '""' }],
    [{ 'asset-root-json': 'broken' }],
  ])('finds no root in %j', (metadata) => {
    expect(() => decodeAssetRoot(metadata, 'the/key')).toThrowError(
      expect.objectContaining({ kind: 'MissingAssetRoot', key: 'the/key' }),
    );
  });
});

describe('decodeEncodedWords', () => {
  it.each([
    ['plain', 'plain'],
    ['=?UTF-8?Q?a?= =?UTF-8?Q?b?=', 'ab'],
    ['x =?UTF-8?Q?a?= y', 'x a y'],
    ['=?ISO-8859-1?Q?=E9?=', 'é'],
    ['=?UTF-8?Q?=FF?=', '=?UTF-8?Q?=FF?='],
    ['=?no-such-charset?Q?a?=', '=?no-such-charset?Q?a?='],
    ['=?UTF-8?B?***?=', '=?UTF-8?B?***?='],
    ['=?UTF-8?X?a?=', '=?UTF-8?X?a?='],
  ])('%s', (value, text) => {
    expect(decodeEncodedWords(value)).toBe(text);
  });
});

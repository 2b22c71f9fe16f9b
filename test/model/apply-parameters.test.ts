import { describe, expect, it } from 'vitest';
import { applyJobParameters } from '../../src/model/apply-parameters.js';
import { NO_REFERENCES } from '../../src/model/asset-references.js';
import type { DocumentValue } from '../../src/model/document-value.js';
import type { JobParameter } from '../../src/model/job-parameter.js';
import { deepFreeze } from '../support/deep-freeze.js';

const options = { bundleDir: '/b', format: 'posix', cwd: '/w', uris: false } as const;
const apply = (parameter: JobParameter, given?: DocumentValue, more = {}) =>
  applyJobParameters(deepFreeze([parameter]), new Map(given === undefined ? [] : [[parameter.name, given]]), {
    ...options,
    ...more,
  });
const path = (more: Record<string, DocumentValue> = {}): JobParameter => ({
  name: 'p',
  type: 'PATH',
  ...more,
});

describe('references', () => {
  it.each<[string | undefined, string | undefined, Partial<typeof NO_REFERENCES>]>([
    [undefined, undefined, { referencedPaths: ['/d/x'] }],
    ['NONE', 'FILE', { referencedPaths: ['/d/x'] }],
    ['IN', 'FILE', { inputFilenames: ['/d/x'] }],
    ['IN', 'DIRECTORY', { inputDirectories: ['/d/x'] }],
    ['IN', undefined, { inputDirectories: ['/d/x'] }],
    ['OUT', 'FILE', { outputDirectories: ['/d'] }],
    ['OUT', undefined, { outputDirectories: ['/d/x'] }],
    ['INOUT', 'FILE', { inputFilenames: ['/d/x'], outputDirectories: ['/d'] }],
    ['INOUT', 'DIRECTORY', { inputDirectories: ['/d/x'], outputDirectories: ['/d/x'] }],
  ])('flow %s of a %s', (dataFlow, objectType, expected) => {
    const parameter = path({ ...(dataFlow && { dataFlow }), ...(objectType && { objectType }) });
    expect(apply(parameter, '/d/x').references).toEqual({ ...NO_REFERENCES, ...expected });
  });

  it('come from values and defaults alike, and hold no empty path and no URI', () => {
    expect(apply(path({ value: 'rel' })).references.referencedPaths).toEqual(['rel']);
    expect(apply(path({ default: '/d' })).references.referencedPaths).toEqual(['/d']);
    expect(apply(path({ default: '' })).references).toEqual(NO_REFERENCES);
    const list = { name: 'p', type: 'LIST[PATH]', value: ['a', '', 's3://b/k'] };
    expect(apply(list, undefined, { uris: true }).references.referencedPaths).toEqual(['a']);
    expect(apply(list).references.referencedPaths).toEqual(['a', 's3://b/k']);
  });
});

describe('given values', () => {
  it.each<[DocumentValue, DocumentValue]>([
    ['./x/../a', '/w/a'],
    ['/abs/', '/abs'],
    ['s3://b/k', 's3://b/k'],
  ])('the path %j becomes %j', (given, expected) => {
    expect(apply(path(), given, { uris: true }).parameters).toEqual([path({ value: expected })]);
  });

  it('of a list are joined one by one, whether a list or JSON text', () => {
    const list = { name: 'p', type: 'LIST[PATH]' };
    for (const given of ['["a", ""]', ['a', '']]) {
      expect(apply(list, given).parameters[0]?.['value']).toEqual(['/w/a', '']);
    }
    expect(apply(list, 'no list').parameters[0]?.['value']).toBe('no list'); // told when the request is made
  });

  it('are kept as they are for other types, an empty text too', () => {
    for (const given of ['', 5, true])
      expect(apply({ name: 'p', type: 'STRING' }, given).parameters[0]?.['value']).toBe(given);
  });

  it('that are empty leave a path alone, without value, default or reference', () => {
    expect(apply(path(), '')).toEqual({ parameters: [path()], references: NO_REFERENCES });
    expect(apply(path({ value: '/v' }), '')).toEqual({
      parameters: [path({ value: '/v' })],
      references: NO_REFERENCES,
    });
  });

  it('for unknown names are ignored', () => {
    const given = new Map([['other', 1]]);
    expect(applyJobParameters([path({ value: '/v' })], given, options).parameters).toEqual([
      path({ value: '/v' }),
    ]);
  });
});

it('asks nothing of values without a definition', () => {
  expect(apply({ name: 'app:x', value: null }).parameters).toHaveLength(1);
});

it.each<[JobParameter, RegExp]>([
  [path(), /^Job Template for job bundle \/b:\nNo parameter value provided for Job Template parameter p,/],
  [path({ value: null, default: '/d' }), /No parameter value/],
  [path({ default: '/d', dataFlow: 'BOTH' }), /incorrect value BOTH for 'dataFlow'/],
])('refuses %j', (parameter, message) => {
  expect(() => apply(parameter)).toThrowError(
    expect.objectContaining({
      code: 'DeadlineOperationError',
      field: 'p',
      message: expect.stringMatching(message),
    }),
  );
});

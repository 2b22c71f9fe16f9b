import { describe, expect, it } from 'vitest';
import {
  checkInsideBundle,
  chooseBundleFile,
  parseBundleFile,
  templateObject,
  withJobName,
} from '../../src/model/bundle-files.js';

describe('chooseBundleFile', () => {
  it.each<[string, string[], object | undefined]>([
    ['template', ['template.yaml', 'template.yml'], { name: 'template.yaml', type: 'YAML' }],
    ['template', ['template.json', 'asset_references.yaml'], { name: 'template.json', type: 'JSON' }],
    ['parameter_values', ['template.json'], undefined],
    ['asset_references', ['asset_references.yml', 'Asset_references.json'], undefined],
  ] as const)('%s among %j', (file, names, expected) => {
    expect(chooseBundleFile(file as 'template', new Set(names), '/b')).toEqual(expected);
  });

  it.each([
    [
      'parameter_values',
      ['parameter_values.json', 'parameter_values.yaml'],
      /has both parameter_values\.json and/,
    ],
    ['template', ['template.yml'], /lacks a template\.json or template\.yaml:\n\/b$/],
  ] as const)('%s among %j is refused', (file, names, message) => {
    expect(() => chooseBundleFile(file, new Set(names), '/b')).toThrowError(
      expect.objectContaining({
        code: 'DeadlineOperationError',
        file,
        message: expect.stringMatching(message),
      }),
    );
  });
});

describe('parseBundleFile', () => {
  const json = { name: 'template.json', type: 'JSON' } as const;
  const yaml = { name: 'template.yaml', type: 'YAML' } as const;

  it('takes an empty document for none, and hands YAML to its parser', () => {
    expect(parseBundleFile(json, '', () => 1)).toBeUndefined();
    expect(parseBundleFile(yaml, '# nothing', () => null)).toBeUndefined();
    expect(parseBundleFile(yaml, 'a: 1', (text) => ({ text }))).toEqual({ text: 'a: 1' });
  });

  it.each([
    [json, '{'],
    [yaml, 'a: b: c'],
  ] as const)('names the file that cannot be parsed: %j', (file, text) => {
    const parse = () => {
      throw new Error('line 1');
    };
    expect(() => parseBundleFile(file, text, parse)).toThrowError(
      expect.objectContaining({
        ...{ code: 'DeadlineOperationError', file: file.name, cause: expect.any(Error) },
        message: expect.stringMatching(`^Error loading '${file.name}':\n.`),
      }),
    );
  });
});

it('lets a path stay inside the bundle, and says where another one leads', () => {
  expect(() => checkInsideBundle({ path: '/b/l', realPath: '/b/gone' }, '/b', 'posix')).not.toThrow();
  expect(() => checkInsideBundle({ path: '/b/l', realPath: '/b2' }, '/b', 'posix')).toThrowError(
    /:\n\/b\n\nPath in bundle:\n\/b\/l\nResolves to:\n\/b2$/,
  );
});

it('renames a job in place, and refuses a template that is no object', () => {
  expect(JSON.stringify(withJobName({ a: 1, name: 'x', b: 2 }, 'y', '/b'))).toBe('{"a":1,"name":"y","b":2}');
  for (const document of [undefined, null, [], 'x']) {
    expect(() => templateObject(document, '/b')).toThrowError(
      'Job Template for job bundle /b:\nThe document does not contain a top-level object.',
    );
  }
});

import { expect, it } from 'vitest';
import {
  longestFirst,
  openJdPathMapping,
  readPathMappingRules,
  ruleToJson,
} from '../../src/model/path-mapping-rule.js';

const rule = { sourcePathFormat: 'windows', sourcePath: 'Z:\\p', destinationPath: '/p' } as const;
const json = { source_path_format: 'windows', source_path: 'Z:\\p', destination_path: '/p' };

it.each([
  ['the spelling of the worker', [json]],
  ['the spelling of the service', [rule]],
  ['a format in upper case', [{ ...json, source_path_format: 'WINDOWS' }]],
  ['an OpenJD document', openJdPathMapping([rule])],
])('reads %s', (_, document) => {
  expect(readPathMappingRules(document, 'rules.json')).toEqual([rule]);
});

it('writes both spellings', () => {
  expect(ruleToJson(rule)).toEqual(json);
  expect(openJdPathMapping([rule])).toEqual({
    version: 'pathmapping-1.0',
    path_mapping_rules: [{ ...json, source_path_format: 'WINDOWS' }],
  });
});

it.each<[unknown, RegExp]>([
  [{}, /rules\.json holds no list/],
  ['x', /"x"/],
  [[1], /rule 0 must be an object/],
  [[json, { ...json, source_path_format: 'mac' }], /rule 1: "mac"/],
  [[{ ...json, source_path: '' }], /source_path must be/],
  [[{ ...json, destination_path: undefined }], /destination_path .* nothing/],
])('refuses %j', (document, message) => {
  expect(() => readPathMappingRules(document, 'rules.json')).toThrowError(
    expect.objectContaining({ code: 'NonValidInputError', message: expect.stringMatching(message) }),
  );
});

it('puts rules with most parts first, equal ones in their order', () => {
  const of = (sourcePath: string) =>
    ({ sourcePathFormat: 'posix', sourcePath, destinationPath: '/' }) as const;
  const sorted = longestFirst(['/a', '/b/c', '/long-name', '/d/e/f', '/b/b'].map(of));
  expect(sorted.map(({ sourcePath }) => sourcePath)).toEqual(['/d/e/f', '/b/c', '/b/b', '/a', '/long-name']);
});

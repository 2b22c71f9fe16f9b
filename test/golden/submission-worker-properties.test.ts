/** Worker manifest properties against the golden data. */
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { ruleToJson } from '../../src/model/path-mapping-rule.js';
import type { HostPaths } from '../../src/model/paths.js';
import { WorkerManifestProperties } from '../../src/model/worker-manifest-properties.js';
import { golden } from '../support/golden.js';

interface PropertiesCase {
  readonly hostPathFormat: HostPaths;
  readonly manifestProperties: object;
  readonly localRootPath: string;
  readonly expected: {
    readonly outputMetadata: Record<string, string>;
    readonly pathMappingRule: object;
    readonly hashedSourcePath: string;
    readonly localOutputRelativeDirectories: readonly string[] | null;
  };
}

golden<PropertiesCase>('submission/worker-properties.json', (c) => {
  const { manifestProperties, localRootPath, expected } = c;
  const root = WorkerManifestProperties.fromJSON({ manifestProperties, localRootPath });
  expect({
    outputMetadata: root.asOutputMetadata(),
    pathMappingRule: ruleToJson(root.toPathMappingRule()),
    hashedSourcePath: root.hashedSourcePath(xxh128),
    localOutputRelativeDirectories: root.localOutputRelativeDirectories(c.hostPathFormat) ?? null,
  }).toEqual(expected);
});

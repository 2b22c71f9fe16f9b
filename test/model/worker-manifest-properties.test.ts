import { describe, expect, it } from 'vitest';
import {
  readWorkerProperties,
  WorkerManifestProperties,
  workerPropertiesText,
} from '../../src/model/worker-manifest-properties.js';

const manifestProperties = { rootPath: '/é', rootPathFormat: 'posix' } as const;

it('writes a list in ASCII, indented by two, with the members that are always there', () => {
  const root = new WorkerManifestProperties({ ...manifestProperties, outputRelativeDirectories: [] }, '/l');
  expect(workerPropertiesText([root])).toBe(`[
  {
    "manifestProperties": {
      "rootPath": "/\\u00e9",
      "rootPathFormat": "posix"
    },
    "localManifestPaths": [],
    "localRootPath": "/l",
    "localInputManifestPath": null
  }
]`);
});

it('comes back as it was written, also with an upper case format and foreign members', () => {
  const root = new WorkerManifestProperties(manifestProperties, '/l', ['/m/a'], '/m/a');
  root.addLocalManifestPath('/m/b');
  const [read] = readWorkerProperties(JSON.parse(workerPropertiesText([root])));
  expect(read?.toJSON()).toEqual(root.toJSON());
  expect(read?.localManifestPaths).toEqual(['/m/a', '/m/b']);
  const foreign = {
    ...root.toJSON(),
    manifestProperties: { ...manifestProperties, rootPathFormat: 'POSIX', x: 1 },
  };
  expect(WorkerManifestProperties.fromJSON(foreign).rootPathFormat).toBe('posix');
});

it('keeps its list of manifests to itself', () => {
  const given = ['/m/a'];
  const root = new WorkerManifestProperties(manifestProperties, '/l', given);
  root.addLocalManifestPath('/m/b');
  (root.localManifestPaths as string[]).push('/m/c');
  expect([given, root.localManifestPaths]).toEqual([['/m/a'], ['/m/a', '/m/b']]);
});

describe('reading', () => {
  const json = { manifestProperties, localRootPath: '/l' };
  it.each<[unknown, string]>([
    [json, 'must be a list'],
    [[json, 1], 'worker properties [1] must be an object'],
    [[{ manifestProperties }], '[0].localRootPath'],
    [[{ localRootPath: '/l' }], '[0].manifestProperties'],
    [[{ ...json, manifestProperties: { rootPath: '/r' } }], 'rootPathFormat'],
    [[{ ...json, localManifestPaths: [1] }], 'localManifestPaths'],
    [[{ ...json, localInputManifestPath: 1 }], 'localInputManifestPath'],
  ])('refuses %j', (document, part) => {
    expect(() => readWorkerProperties(document)).toThrowError(
      expect.objectContaining({ code: 'NonValidInputError', message: expect.stringContaining(part) }),
    );
  });
});

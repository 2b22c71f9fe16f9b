/** The S3 example, run against a real server. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mirror } from '../../examples/s3.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

requireServer('versitygw')('the S3 example', () => {
  const server = useVersity();
  const base = tempDir('example-s3');

  it('plans, submits and fetches a tree', async () => {
    const work = mkdtempSync(join(base, 'case-'));
    mkdirSync(join(work, 'tree/deep'), { recursive: true });
    writeFileSync(join(work, 'tree/scene.blend'), 'scene');
    writeFileSync(join(work, 'tree/deep/wood.png'), 'wood');
    const plan = await mirror(join(work, 'tree'), join(work, 'copy'), {
      place: 's3://bucket/Example',
      s3: server().settings(),
    });
    expect(plan).toMatchObject({ files: 2, bytes: 9, filesToSend: 2, requests: { put: 3 } });
    expect(readFileSync(join(work, 'copy/scene.blend'), 'utf8')).toBe('scene');
    expect(readFileSync(join(work, 'copy/deep/wood.png'), 'utf8')).toBe('wood');
    const again = await mirror(join(work, 'tree'), join(work, 'copy2'), {
      place: 's3://bucket/Example',
      s3: { ...server().settings(), client: 'sdk' },
    });
    expect(again).toMatchObject({ filesToSend: 0, requests: { put: 1 } });
  });
});

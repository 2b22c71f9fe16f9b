/** The caller's side of a cache's thread, with threads that do what the real one seldom does. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { compiled } from '../support/as-nobody.js';
import { tempDir } from '../support/temp-dir.js';

const dir = tempDir('thread-client');

it('keeps the process while a thread ends that gave up and answered after all', () => {
  const thread = join(dir, 'thread.mjs');
  writeFileSync(
    thread,
    `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id }) => {
      parentPort.postMessage({ off: true });
      parentPort.postMessage({ id, value: 1 });
    });`,
  );
  const code = `import { ThreadClient } from ${JSON.stringify(compiled('caches/thread-client.js'))};
    const file = new URL(${JSON.stringify(pathToFileURL(thread).href)});
    const client = new ThreadClient(file, {}, () => {});
    const answer = client.call('any');
    console.log(await answer);
    await client.close();
    console.log('closed');`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  expect([status, stdout]).toEqual([0, 'undefined\nclosed\n']);
});

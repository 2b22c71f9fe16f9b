/** Makes directories that a user names, with those above them. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../model/local-io.js';

/**
 * Like a recursive `mkdir`, which however goes round for ever in its thread where a directory takes none, as `/proc`
 * does, and hides why one cannot be made (a read-only volume becomes ENOENT). What is no directory is ENOTDIR.
 */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return;
    if (found) throw Object.assign(new Error(`${path} is not a directory`), { code: 'ENOTDIR' });
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectories(dirname(path));
    await mkdir(path).catch((second: unknown) => {
      if (errnoOf(second) !== 'EEXIST') throw second; // made by another process meanwhile
    });
  }
}

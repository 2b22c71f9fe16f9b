/** Runs compiled code as a user without rights: tests often run as root, whom no mode stops. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const NOBODY = 65_534;

/** Whether this process may become another user. */
export const canBecomeNobody = process.getuid?.() === 0;

/** Path of a compiled file as a module specifier. */
export function compiled(file: string): string {
  return pathToFileURL(new URL(`../../dist/${file}`, import.meta.url).pathname).href;
}

/** Runs `code` (an ES module that prints one JSON value) as nobody, and gives that value. */
export function asNobody(code: string): unknown {
  const asUser = canBecomeNobody ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    ...asUser,
    encoding: 'utf8',
    cwd: '/',
  });
  if (child.status !== 0) throw new Error(`the child ended with ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout) as unknown;
}

/** Runs a module's text in a process of its own, with the compiled code, as another user where that is possible. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The user without rights, when the tests run as root, which ignores modes. */
export const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Imports that a module's text can begin with; `dist` is the compiled code. */
export const PRELUDE = `
import { openDirectoryStore } from ${JSON.stringify(`${ROOT}dist/backends/directory.js`)};
import { hasher } from ${JSON.stringify(`${ROOT}dist/hashing/xxh128.js`)};
const open = (dir) => openDirectoryStore(dir, { xxh128: hasher });
const report = (error) => console.log(JSON.stringify({ kind: error.kind, errno: error.errno, hint: error.hint, message: error.message }));
`;

export function startModule(text: string, user: { uid?: number; gid?: number } = {}): ChildProcess {
  const args = ['--input-type=module', '-e', PRELUDE + text];
  return spawn(process.execPath, args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'], ...user });
}

/** What the module printed. Rejects when it did not end with 0. */
export async function runModule(text: string, user: { uid?: number; gid?: number } = {}): Promise<string> {
  const child = startModule(text, user);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the process ended with ${code}: ${output}`);
  return output;
}

/** Whose path rules hold on the machine that this runs on. */
import type { HostPaths } from '../model/paths.js';

/** `windows` on Windows, else `posix`: the rules that absolute paths of this machine follow. Set once, when the module loads. */
export const hostFormat: HostPaths = process.platform === 'win32' ? 'windows' : 'posix';

/** Whose path rules hold on the machine that this runs on. A constant, not a function. */
import type { HostPaths } from '../model/paths.js';

export const hostFormat: HostPaths = process.platform === 'win32' ? 'windows' : 'posix';

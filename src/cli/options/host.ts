/** How paths are written on this host. */
import type { HostPaths } from '../../index.js';

export const HOST_PATHS: HostPaths = process.platform === 'win32' ? 'windows' : 'posix';

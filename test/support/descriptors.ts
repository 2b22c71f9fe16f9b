/** How many descriptors this process has open, on systems with `/proc`. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';

const FOLDER = '/proc/self/fd';

export const canCountDescriptors = existsSync(FOLDER);

/** Paths of the open descriptors that lie below `root`. */
export function openBelow(root: string): string[] {
  return readdirSync(FOLDER).flatMap((fd) => {
    try {
      const path = readlinkSync(`${FOLDER}/${fd}`);
      return path.startsWith(root) ? [path] : [];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });
}

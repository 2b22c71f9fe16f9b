/** How requests name this package (spec/storage.md 2.2), in the shape that the Python library sends. */
import { createRequire } from 'node:module';

export function userAgentSuffix(): string {
  const { version } = createRequire(import.meta.url)('rx-attachments/package.json') as { version: string };
  return `S3A/Deadline/NA/JobAttachments/${version}`;
}

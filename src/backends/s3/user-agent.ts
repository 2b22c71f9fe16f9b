/** How requests name this package (spec/storage.md 2.2), in the shape that the Python library sends. */
import { readFileSync } from 'node:fs';

export function userAgentSuffix(): string {
  const file = new URL('../../../package.json', import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return `S3A/Deadline/NA/JobAttachments/${version}`;
}

/** Worker threads and child processes run the compiled code, so the tests begin with a build. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  if (process.env['RX_ATTACHMENTS_TEST_SKIP_BUILD'] === '1') return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}

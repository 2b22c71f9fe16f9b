/**
 * Tests against real servers are skipped where the server is missing, which one loud line at the end of the run says
 * (`global-setup.ts` prints it). With `REQUIRE_REAL_SERVERS=1` a missing server fails the test file instead.
 *
 *     const describeS3 = requireServer('versitygw');
 *     describeS3('an upload', () => { const server = useVersity(); it(…, async () => { …server().endpoint… }); });
 */
import { appendFileSync } from 'node:fs';
import { describe } from 'vitest';
import { PEERS } from '../../scripts/lib/peers.mjs';
import { type PeerName, peerPath } from './peers.js';
import { SKIP_NOTES } from './skip-notes.js';

/** `describe` where all of `names` are here, `describe.skip` where not. */
export function requireServer(...names: readonly PeerName[]): typeof describe.skip {
  const missing = names.filter((name) => peerPath(name) === undefined);
  if (missing.length > 0 && process.env['REQUIRE_REAL_SERVERS'] === '1') throw new Error(complaint(missing));
  for (const name of missing) note(name);
  return describe.skipIf(missing.length > 0);
}

function complaint(missing: readonly PeerName[]): string {
  const what = missing.map((name) => `${name} (${PEERS[name].version})`).join(', ');
  return `REQUIRE_REAL_SERVERS=1, but missing: ${what}. Run node scripts/setup-peers.mjs`;
}

function note(name: PeerName): void {
  const file = process.env[SKIP_NOTES];
  if (file !== undefined) appendFileSync(file, `${name}\n`);
}

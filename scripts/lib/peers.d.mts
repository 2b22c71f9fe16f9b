/** Types of peers.mjs, for tests, which are TypeScript. */
export type PeerName = 'versitygw' | 'python' | 's5cmd' | 'null-s3';
export interface Peer {
  readonly version: string;
  readonly had: string;
  readonly cached: string;
  readonly packages?: readonly string[];
  readonly versionArgs?: readonly string[];
}
export const PEERS: Readonly<Record<PeerName, Peer>>;
export function cacheDir(env?: Readonly<Record<string, string | undefined>>): string;
export function findPeer(
  name: PeerName,
  env?: Readonly<Record<string, string | undefined>>,
): string | undefined;

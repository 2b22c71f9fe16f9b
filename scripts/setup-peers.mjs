#!/usr/bin/env node
// Makes the real servers and programs available that tests and benchmarks talk to, once per machine: below
// ${XDG_CACHE_HOME:-~/.cache}/rx-attachments/. Says nothing when all are there. Several runs at once do the work once.
// `--list` shows what is where. With REQUIRE_REAL_SERVERS=1 one that cannot be had is a failure.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installers, removeLeftovers } from './lib/install-peers.mjs';
import { withLock } from './lib/lock.mjs';
import { cacheDir, findPeer, PEERS } from './lib/peers.mjs';

const names = Object.keys(PEERS);
if (process.argv.includes('--list')) {
  for (const name of names) console.log(`${name} (${PEERS[name].version}): ${findPeer(name) ?? 'not here'}`);
  process.exit(0);
}
if (missing().length > 0) {
  mkdirSync(cacheDir(), { recursive: true });
  const waiting = () => console.log('peers: waiting for another set-up on this machine');
  await withLock(join(cacheDir(), 'setup.lock'), installMissing, waiting);
  if (missing().length > 0 && process.env.REQUIRE_REAL_SERVERS === '1') process.exit(1);
}

function missing() {
  return names.filter((name) => !findPeer(name));
}

/** What Go builds is built one after the other; Python's packages come meanwhile. */
async function installMissing() {
  removeLeftovers();
  const wanted = missing();
  const byGo = wanted.filter((name) => !PEERS[name].packages);
  const byPython = wanted.filter((name) => PEERS[name].packages);
  await Promise.all([inTurn(byGo), inTurn(byPython)]);
}

async function inTurn(wanted) {
  for (const name of wanted) await install(name);
}

async function install(name) {
  const startedMs = performance.now();
  try {
    const how = await installers[name]();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`peers: ${name} (${PEERS[name].version}): ${how} in ${seconds} s: ${findPeer(name)}`);
  } catch (error) {
    console.log(`peers: ${name} (${PEERS[name].version}) is MISSING: ${error.message} [${PEERS[name].had}]`);
  }
}

// A lock file that outlives no holder for long: the holder touches it, and one that is not touched may be taken over.
// It saves double work; what is made under it must still appear in one step. Plain Node, no package.
import { closeSync, openSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TOUCH_MS = 2_000;
const ABANDONED_MS = 20_000;
const LOOK_MS = 200;

/** Runs `work` while holding the lock; `onWait` is called once if somebody else has it first. */
export async function withLock(file, work, onWait = () => {}) {
  let waits = false;
  while (!tryTake(file)) {
    if (!waits) onWait();
    waits = true;
    dropAbandoned(file);
    await sleep(LOOK_MS);
  }
  const touching = setInterval(() => touch(file), TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(file, { force: true });
  }
}

function tryTake(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, `${process.pid}\n`);
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function dropAbandoned(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs < ABANDONED_MS) return;
    // Of several that wait, the rename succeeds for one.
    renameSync(file, `${file}.${process.pid}`);
    rmSync(`${file}.${process.pid}`, { force: true });
  } catch {
    // given back meanwhile
  }
}

function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // taken over, after this process had been stopped for long
  }
}

/**
 * The contract of the port as code: one suite for every backend and every policy, free of
 * any test runner. Give each case to the runner of your choice:
 *
 *   for (const { name, run } of storageClientConformance()) it(name, () => run(env))
 *
 * A case fails by rejecting. Cases use keys of their own below `env.prefix`, so one client
 * may serve them all, one after the other.
 */
import { cancelCases } from './conformance/cancel.js';
import { conditionCases } from './conformance/conditions.js';
import type { ConformanceCase } from './conformance/env.js';
import { fileCases } from './conformance/files.js';
import { listCases } from './conformance/list.js';
import { multipartCases } from './conformance/multipart.js';
import { objectCases } from './conformance/objects.js';

export {
  CONFORMANCE_CAPABILITIES,
  type ConformanceCapabilities,
  type ConformanceCase,
  type ConformanceEnv,
} from './conformance/env.js';

/** Every case, in a fixed order. Names are unique. */
export function storageClientConformance(): readonly ConformanceCase[] {
  return [...objectCases, ...conditionCases, ...fileCases, ...listCases, ...multipartCases, ...cancelCases];
}

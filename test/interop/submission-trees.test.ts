/** Trees and storage profiles through the Python library and through this one: groups, manifests, objects, attachments. */
import { expect, it } from 'vitest';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import { LOCATION_CASES } from './submission-location-cases.js';
import { attachedByUs } from './submission-ours.js';
import { comparableAttachments } from './submission-outcome.js';
import { TREE_CASES } from './submission-tree-cases.js';
import { OTHER_TREES } from './submission-tree-differences.js';

const SAME_TREES = [...LOCATION_CASES, ...TREE_CASES];

requireServer('python')('attachments, beside the Python library', { timeout: 60_000 }, () => {
  const bothOf = useBoth([...SAME_TREES, ...OTHER_TREES], attachedByUs);

  it.each(SAME_TREES)('$name', async (testCase) => {
    const { python, ours } = await bothOf(testCase);
    expect(comparableAttachments(ours)).toEqual(comparableAttachments(python));
  });

  it.each(OTHER_TREES)('$name (differs by $differs.spec)', async (testCase) => {
    const { python, ours, root } = await bothOf(testCase);
    testCase.differs.check(python, ours, root);
  });
});

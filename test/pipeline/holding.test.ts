import { expect, it } from 'vitest';
import { holding } from '../../src/pipeline/holding.js';
import { gate, testContext, turn } from '../support/pipeline.js';

it.each(['success', 'failure'])(
  'keeps a run from being over until the work has settled (%s)',
  async (end) => {
    const ctx = testContext({ limits: { maxInFlightFiles: 1 } });
    const credit = await ctx.budgets.files.acquire(1);
    const work = gate<string>();
    const held = holding(ctx, () => work.promise);
    credit.release();
    expect(ctx.budgets.files).toMatchObject({ inUse: 0, held: 1 });
    if (end === 'success') work.open('written');
    else work.fail(new Error('not written'));
    if (end === 'success') expect(await held).toBe('written');
    else await expect(held).rejects.toThrow('not written');
    await turn();
    expect(ctx.budgets.files.held).toBe(0);
  },
);

import { expect, test } from 'vitest';
import { heldOut, type KindScore } from '../bench/held-out/index.ts';
import { createKnownValues, createRedactor } from '../src/index.ts';

const rate = (kinds: readonly KindScore[]): number =>
  kinds.reduce((sum, { done }) => sum + done, 0) / kinds.reduce((sum, { of }) => sum + of, 0);

test('D1 generated documents of a hundred kinds lose their secrets and nothing else', async () => {
  const redactor = createRedactor({ known: createKnownValues() });
  const { secrets, benign } = await heldOut((text) => redactor.text(text).text, [31], 6);
  expect(secrets.length + benign.length).toBeGreaterThan(100);
  expect(rate(secrets)).toBeGreaterThanOrEqual(0.98);
  expect(rate(benign)).toBeLessThanOrEqual(0.005);
});

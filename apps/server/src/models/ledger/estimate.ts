import { costOfSearches } from '../catalog/pieces.ts';
import { costOf } from '../catalog/price.ts';
import type { CatalogModel, Usage } from '../types.ts';
import type { PeekedRequest } from '../wire/request.ts';

/** Tokens a second that a model is taken to think where its provider shows nothing of it: at the upper end of what they reach. */
const HIDDEN_PER_SECOND = 200;

/** The most output tokens that a request allows. */
export const mostOutput = (model: CatalogModel, { maxOutput, answers }: PeekedRequest): number =>
  Math.min(maxOutput ?? model.maxOutput, model.maxOutput) * answers;

/**
 * What is booked for a call. Where the provider did not say what it used, a model that reasons may have written more than what was to be
 * seen: it is taken to have thought all the time. A tool without a price makes the figures an estimate as well.
 *
 * @param said by the provider, or counted from what passed.
 * @param ms how long the provider was at it.
 */
export const bookedUsage = (model: CatalogModel, peeked: PeekedRequest, said: Usage, ms: number): Usage => {
  const exact = said.exact && peeked.tools.unpriced === undefined;
  if (said.exact || !model.capabilities.includes('reasoning')) return exact === said.exact ? said : { ...said, exact };
  const thought = Math.min(mostOutput(model, peeked), Math.ceil((ms / 1_000) * HIDDEN_PER_SECOND));
  return { ...said, output: Math.max(said.output, thought) };
};

/** What a call cost by the catalogue, in micro-dollars; nothing where the model has no price. */
export const bookedCost = (model: CatalogModel, { multiplier }: PeekedRequest, usage: Usage): number =>
  model.price ? costOf(model.price, usage, multiplier) + costOfSearches(model.provider, usage.searches ?? 0) : 0;

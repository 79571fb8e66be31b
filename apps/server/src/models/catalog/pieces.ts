import { MogplexError, type ProviderId } from '@mogplex/protocol';
import type { ProviderTools } from '../wire/tools.ts';
import { SEARCH_PRICES } from './data.ts';

/** What a call may spend on things that are charged by the piece. */
export interface PieceTerms {
  /** Micro-dollars to set aside. */
  setAside: number;
  /** The answer is cut when more web searches than this were made. */
  mostSearches: number;
}

const UNLIMITED: PieceTerms = { setAside: 0, mostSearches: Number.POSITIVE_INFINITY };
/** Web searches of one answer where the client states no limit. */
const MOST_SEARCHES = 24;
/** Searches that may be under way when an answer is cut. */
const UNDER_WAY = 8;
const BOUNDS = 'max_tool_calls (OpenAI) or max_uses of the tool (Anthropic)';

const refused = (message: string, hint: string): MogplexError => new MogplexError('invalid_request', message, { boundary: 'model', hint });

/** What web searches cost at a provider, in micro-dollars; nothing where it does not charge for them, or nobody knows what. */
export const costOfSearches = (provider: ProviderId, searches: number): number => searches * (SEARCH_PRICES[provider] ?? 0);

/**
 * What a call may spend by the piece. On credit, only what has a price and a bound is let through: the rest could spend what is not there.
 *
 * @param limited whether the call is paid from a credit with an end, on a key of the platform.
 * @throws MogplexError `invalid_request` for a tool without a price, and for searches without a bound in an answer that cannot be cut.
 */
export const pieceTerms = (
  tools: ProviderTools,
  provider: ProviderId,
  { limited, stream }: { limited: boolean; stream: boolean },
): PieceTerms => {
  if (!limited || (tools.searches === 0 && tools.unpriced === undefined)) return UNLIMITED;
  const nameless = tools.unpriced ?? (SEARCH_PRICES[provider] === undefined ? 'web_search' : undefined);
  if (nameless !== undefined) {
    throw refused(
      `"${nameless}" may be charged by the piece, and the catalogue has no price for it, so no credit can be set aside`,
      'Leave it out, use a key of your own (Settings > API Keys), or ask for a plan without a credit limit',
    );
  }
  const stated = Number.isFinite(tools.searches);
  if (!stated && !stream)
    throw refused('web searches are charged by the piece, and the request sets no limit to them', `Set ${BOUNDS}, or stream`);
  return {
    setAside: costOfSearches(provider, stated ? tools.searches : MOST_SEARCHES + UNDER_WAY),
    mostSearches: stated ? Number.POSITIVE_INFINITY : MOST_SEARCHES,
  };
};

/** Why an answer was cut that made more searches than were paid for beforehand. */
export const tooManySearches = (): MogplexError =>
  refused(`the answer made more than ${MOST_SEARCHES} web searches, which is as many as are paid for`, `Set ${BOUNDS} to allow more`);

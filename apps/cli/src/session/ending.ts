/** Why a model stopped, by the reason of its `finish`. Plugins hand on the words of their service. */
const ENDINGS: readonly [RegExp, string][] = [
  [/^(?:length|max_tokens|max_output_tokens|incomplete)$/, 'The answer stops here: it reached the longest that the model may say.'],
  [/^content[-_]filter$/, "The answer stops here: the provider's filter ended it."],
];

/**
 * What a person has to know of the end of an answer; undefined for an answer that is whole.
 *
 * @param reason of the `finish` event
 * @param said whether the model said anything or called a tool
 */
export const endingOf = (reason: string, said: boolean): string | undefined =>
  ENDINGS.find(([pattern]) => pattern.test(reason))?.[1] ?? (said ? undefined : 'The model ended without a word.');

import type { Operation } from '../types.ts';
import { type TopLevelValue, valueOf } from './json-top-level.ts';

/** What the tools of a request, those that the provider runs itself, can cost beside the tokens that the request shows. */
export interface ProviderTools {
  /** Their results are input of the model. */
  bringInput: boolean;
  /** The most web searches that the client allows: 0 without such a tool, `Infinity` where it states no limit. */
  searches: number;
  /** The first tool that may be charged by the piece or by time and that is no web search. */
  unpriced?: string;
}

/**
 * Who runs a tool, and what it costs: `client` runs it itself, `tokens` costs what it brings, `search` is charged by the search,
 * `unpriced` in some other way, or in one that nobody here knows.
 */
type Kind = 'client' | 'tokens' | 'search' | 'unpriced';
type Json = Record<string, unknown>;

const NONE: ProviderTools = { bringInput: false, searches: 0 };
/** A body that holds neither has no additional tools: the second stands for letters that are written in another way. */
const ADDITIONAL = [Buffer.from('additional_tools'), Buffer.from('\\u00')];
/** What OpenAI's formats leave to the client; `shell` only where it is not told of a container. */
const CLIENT_OF_OPENAI = /^(?:function|custom|local_shell|shell|apply_patch|computer\w*|tool_search|namespace)$/;
const SEARCH_OF_OPENAI = /^web_search(?:_20\d\d_\d\d_\d\d)?$/;
const CLIENT_OF_ANTHROPIC = /^(?:custom$|(?:bash|text_editor|computer|memory|tool_search_tool)_)/;
const TOKENS_OF_ANTHROPIC = /^(?:web_fetch_|mcp_toolset$)/;
/** Google names its tools by a key. */
const CLIENT_OF_GOOGLE = new Set(['functionDeclarations', 'function_declarations', 'computerUse', 'computer_use']);
const TOKENS_OF_GOOGLE = new Set(['urlContext', 'url_context', 'codeExecution', 'code_execution', 'fileSearch', 'file_search']);

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const inContainer = ({ environment }: Json): boolean => isObject(environment) && String(environment['type']).startsWith('container');

const kindForOpenAi = (tool: Json, type: string): Kind => {
  if (type === 'shell' && inContainer(tool)) return 'unpriced';
  if (CLIENT_OF_OPENAI.test(type)) return 'client';
  if (type === 'mcp') return 'tokens';
  return SEARCH_OF_OPENAI.test(type) ? 'search' : 'unpriced';
};

const kindForAnthropic = (type: string): Kind => {
  if (CLIENT_OF_ANTHROPIC.test(type)) return 'client';
  if (TOKENS_OF_ANTHROPIC.test(type)) return 'tokens';
  return type.startsWith('web_search_') ? 'search' : 'unpriced';
};

const kindForGoogle = (name: string): Kind => {
  if (CLIENT_OF_GOOGLE.has(name)) return 'client';
  return TOKENS_OF_GOOGLE.has(name) ? 'tokens' : 'unpriced';
};

interface Named {
  name: string;
  kind: Kind;
  /** The client's limit to the use of this tool. */
  most: number;
}

const limitOf = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.ceil(value) : Number.POSITIVE_INFINITY);

const namedIn = (tool: unknown, operation: Operation): Named[] => {
  if (!isObject(tool)) return [];
  const most = limitOf(tool['max_uses']);
  if (operation === 'generate' || operation === 'stream-generate')
    return Object.keys(tool).map((name) => ({ name, kind: kindForGoogle(name), most }));
  const { type } = tool;
  const name = String(type);
  if (operation === 'messages') return [{ name, kind: type === undefined || type === null ? 'client' : kindForAnthropic(name), most }];
  const nested = Array.isArray(tool['tools']) ? tool['tools'].flatMap((inner) => namedIn(inner, operation)) : [];
  return [{ name, kind: type === undefined ? 'client' : kindForOpenAi(tool, name), most }, ...nested];
};

/** Tools that stand among the input of a request for a response, and so are found by reading all of it. */
const additionalTools = (body: Buffer, input: TopLevelValue | undefined): unknown[] => {
  const items = ADDITIONAL.some((mark) => body.includes(mark)) ? valueOf(body, input) : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) =>
    isObject(item) && item['type'] === 'additional_tools' && Array.isArray(item['tools']) ? (item['tools'] as unknown[]) : [],
  );
};

/** What stands for a tool without being in the list of them. */
const HIDDEN_TOOLS = ['web_search_options', 'search_parameters'] as const;

/**
 * Reads which tools of a request its provider runs itself.
 *
 * @param values what stands at the top of the body: `tools`, `input`, `max_tool_calls`, `prompt`, `mcp_servers`, `web_search_options`, `search_parameters`.
 */
export const readTools = (body: Buffer, values: ReadonlyMap<string, TopLevelValue>, operation: Operation): ProviderTools => {
  const listed = valueOf(body, values.get('tools'));
  const additional = operation === 'responses' ? additionalTools(body, values.get('input')) : [];
  const tools = [...(Array.isArray(listed) ? (listed as unknown[]) : []), ...additional];
  const hidden = HIDDEN_TOOLS.find((key) => values.has(key));
  // A prompt that the provider keeps may hold tools of any kind.
  const kept = operation === 'responses' && values.has('prompt') ? 'prompt' : undefined;
  const bringInput = values.has('mcp_servers');
  if (tools.length === 0 && hidden === undefined && kept === undefined && !bringInput) return NONE;
  const named = tools.flatMap((tool) => namedIn(tool, operation));
  const mostCalls = limitOf(valueOf(body, values.get('max_tool_calls')));
  const searches = named.filter(({ kind }) => kind === 'search').reduce((sum, { most }) => sum + most, 0);
  const unpriced = hidden ?? kept ?? named.find(({ kind }) => kind === 'unpriced')?.name.slice(0, 60);
  return {
    bringInput: bringInput || hidden !== undefined || named.some(({ kind }) => kind !== 'client'),
    searches: Math.min(searches, mostCalls),
    ...(unpriced === undefined ? {} : { unpriced }),
  };
};

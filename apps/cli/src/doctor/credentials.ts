import {
  ACCOUNT_PROVIDER,
  type AuthContents,
  type Candidate,
  credentialCandidates,
  type CredentialSource,
  readEnv,
  resolveCredential,
} from '@mogplex/credentials';
import { ACCOUNT_ENV_VAR, findProvider, inspectToken, PROVIDERS } from '@mogplex/protocol';
import { checkKeyShape } from '@mogplex/providers';
import { loginReader, loginsOfTheirOwn } from '../session/logins.ts';
import type { World } from '../world.ts';
import type { CandidateReport, Finding, ProviderReport } from './report.ts';

/** An address that may be pasted: no user, no password, no query. */
export const plainAddress = (text: string): string => {
  if (!URL.canParse(text)) return 'not a URL';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
};

/** Whether an address holds more than that, which is refused when it is used. */
const holdsMore = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return username + password + search + hash !== '';
};

/** `y…@example.com` */
const shortEmail = (email: string): string => email.replace(/^(.).*@/, '$1…@');

const sourceText = (source: CredentialSource): string =>
  source.kind === 'account' ? `account ${shortEmail(source.email)} at ${source.origin}` : source.text;

const candidateReport = (candidate: Candidate, used: Candidate | undefined): CandidateReport => {
  if (candidate === used) return { source: sourceText(candidate.source), used: true };
  const why = candidate.unusable ?? (used ? `${sourceText(used.source)} outranks it` : 'it cannot be used');
  return { source: sourceText(candidate.source), used: false, why };
};

const baseUrlOf = (world: World, provider: string): string | undefined => {
  const info = findProvider(provider);
  const value = info ? world.env[info.baseUrlEnvVar] : undefined;
  return value ? plainAddress(value) : undefined;
};

const findingsOf = (world: World, auth: AuthContents, provider: string, baseUrl: string | undefined): Finding[] => {
  const findings: Finding[] = [];
  const info = findProvider(provider);
  const token = provider === ACCOUNT_PROVIDER ? readEnv(world.env, ACCOUNT_ENV_VAR) : undefined;
  const inspection = token === undefined ? undefined : inspectToken(token);
  if (inspection?.possible === false) {
    findings.push({ severity: 'warning', text: `${ACCOUNT_ENV_VAR} is no token of Mogplex: ${inspection.reason}` });
  }
  const found = resolveCredential({ provider, env: world.env, auth });
  if (info && found?.via === 'direct') {
    const remark = checkKeyShape(info.id, found.secret);
    if (remark !== undefined) findings.push({ severity: 'warning', text: remark });
  }
  if (baseUrl === 'not a URL') findings.push({ severity: 'problem', text: `${info?.baseUrlEnvVar ?? 'the base URL'} is not a URL` });
  else if (info && holdsMore(world.env[info.baseUrlEnvVar] ?? '')) {
    findings.push({ severity: 'problem', text: `${info.baseUrlEnvVar} holds more than scheme, host and path` });
  } else if (baseUrl?.startsWith('http:') && !/^http:\/\/(?:127\.|localhost|\[::1\])/.test(baseUrl)) {
    findings.push({ severity: 'warning', text: `${info?.baseUrlEnvVar ?? 'the base URL'} sends the key without encryption` });
  }
  return findings;
};

/** For the account, each of the nine providers, and whoever else is logged in to through a plugin: what is present, what would be used, and why. No secret. */
export const checkCredentials = (world: World, auth: AuthContents): ProviderReport[] =>
  [ACCOUNT_PROVIDER, ...PROVIDERS.map(({ id }) => id), ...loginsOfTheirOwn(world.home)].map((provider) => {
    const candidates = credentialCandidates({ provider, env: world.env, auth, vault: loginReader(world.home) });
    const used = candidates.find(({ unusable }) => unusable === undefined);
    const baseUrl = baseUrlOf(world, provider);
    return {
      provider,
      credentials: candidates.map((candidate) => candidateReport(candidate, used)),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      findings: findingsOf(world, auth, provider, baseUrl),
    };
  });

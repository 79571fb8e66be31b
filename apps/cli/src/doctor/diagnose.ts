import { homedir } from 'node:os';
import { ACCOUNT_PROVIDER, openAuthFile, readEnv, resolveCredential } from '@mogplex/credentials';
import { findProvider, PROVIDERS } from '@mogplex/protocol';
import packageJson from '../../package.json' with { type: 'json' };
import { loadSettings } from '../config/load.ts';
import { originOf } from '../session/account.ts';
import { isDebugging, type World } from '../world.ts';
import { checkCredentials, plainAddress } from './credentials.ts';
import { checkFiles } from './files.ts';
import { checkReach } from './reach.ts';
import type { DoctorReport, Finding, ProviderReport, ReachReport } from './report.ts';

/** Where each provider is when no base URL variable moves it. */
const ADDRESSES: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com',
  google: 'https://generativelanguage.googleapis.com',
  groq: 'https://api.groq.com',
  mistral: 'https://api.mistral.ai',
  deepseek: 'https://api.deepseek.com',
  xai: 'https://api.x.ai',
  cohere: 'https://api.cohere.com',
  vercel: 'https://ai-gateway.vercel.sh',
};

/** What would really be asked: the providers with a key of their own, and the platform of the account. */
const addresses = (world: World, auth: ReturnType<ReturnType<typeof openAuthFile>['read']>): string[] => {
  const direct = PROVIDERS.filter(({ id }) => resolveCredential({ provider: id, env: world.env, auth })?.via === 'direct');
  const account = resolveCredential({ provider: ACCOUNT_PROVIDER, env: world.env, auth });
  return [
    ...(account ? [`${originOf(account)}/healthz`] : []),
    ...direct.map(({ id, baseUrlEnvVar }) => plainAddress(readEnv(world.env, baseUrlEnvVar) ?? ADDRESSES[id] ?? '')),
  ].filter((url) => URL.canParse(url));
};

const checkSettings = async (world: World): Promise<Finding[]> => {
  const findings: Finding[] = [];
  try {
    await loadSettings(world, (line) => findings.push({ severity: 'warning', text: line.replace(/^mogplex: /, '') }));
  } catch (error) {
    findings.push({ severity: 'problem', text: error instanceof Error ? error.message : String(error) });
  }
  if (isDebugging(world)) {
    findings.push({ severity: 'warning', text: 'MOGPLEX_DEBUG is set: prompts and answers are written to debug logs' });
  }
  if (readEnv(world.env, 'CODEX_HOME') !== undefined) {
    findings.push({ severity: 'warning', text: 'CODEX_HOME is deprecated: set MOGPLEX_HOME' });
  }
  return findings;
};

const missing = (providers: readonly ProviderReport[]): Finding[] =>
  providers.every(({ credentials }) => credentials.every(({ used }) => !used))
    ? [{ severity: 'problem', text: 'there is no credential: run mogplex to sign in' }]
    : [];

/** Looks at everything that a prompt depends on. Nothing is changed but modes that are too wide, and no key leaves the machine. */
export const diagnose = async (world: World): Promise<DoctorReport> => {
  const userHome = readEnv(world.env, 'HOME') ?? homedir();
  const shorten = (path: string): string => (path.startsWith(`${userHome}/`) ? `~${path.slice(userHome.length)}` : path);
  const files = await checkFiles(world.home, shorten);
  const auth = openAuthFile(world.home, { warn: () => undefined, now: world.now }).read();
  const damage = auth.damage;
  const withDamage = files.map((file) =>
    damage && file.path.endsWith('auth.json')
      ? { ...file, findings: [...file.findings, { severity: 'problem' as const, text: shorten(damage.message) }] }
      : file,
  );
  const providers = checkCredentials(world, auth);
  const reach: ReachReport[] = await Promise.all(addresses(world, auth).map((url) => checkReach(world, url)));
  return {
    version: 1,
    versions: { mogplex: packageJson.version, node: process.version, platform: `${process.platform} ${process.arch}` },
    home: shorten(world.home),
    files: withDamage,
    providers,
    reach,
    settings: [...missing(providers), ...(await checkSettings(world))].map((finding) => ({
      ...finding,
      text: finding.text.replaceAll(`${userHome}/`, '~/'),
    })),
  };
};

/** The provider's name on screen. */
const labelOf = (provider: string): string =>
  provider === ACCOUNT_PROVIDER ? 'Mogplex account' : (findProvider(provider)?.label ?? provider);

const marks = { fine: 'ok', warning: 'warning', problem: 'PROBLEM' } as const;

const findingLines = (findings: readonly Finding[]): string[] => findings.map(({ severity, text }) => `    ${marks[severity]}: ${text}`);

const providerLines = ({ provider, credentials, baseUrl, findings }: ProviderReport): string[] => {
  const [used, ...others] = [...credentials].toSorted((one, other) => Number(other.used) - Number(one.used));
  const head = used?.used ? used.source : 'no credential';
  const rest = used && !used.used ? [used, ...others] : others;
  return [
    `  ${labelOf(provider).padEnd(16)} ${head}`,
    ...rest.map(({ source, why }) => `    not used: ${source}${why === undefined ? '' : ` (${why})`}`),
    ...(baseUrl === undefined ? [] : [`    base URL: ${baseUrl}`]),
    ...findingLines(findings),
  ];
};

const reachLine = ({ origin, reachable, tookMs, clockAheadSeconds }: ReachReport): string => {
  if (!reachable) return `  ${origin}`;
  const clock =
    clockAheadSeconds === undefined ? 'no clock given' : `clock ${clockAheadSeconds >= 0 ? '+' : ''}${clockAheadSeconds.toFixed(1)} s`;
  return `  ${origin}  ${tookMs ?? 0} ms, ${clock}`;
};

/** A report in words, safe to paste into a ticket. */
export const reportText = (report: DoctorReport): string => {
  const { versions, home, files, providers, reach, settings } = report;
  return [
    `mogplex ${versions.mogplex}, Node.js ${versions.node}, ${versions.platform}`,
    '',
    'Credentials',
    ...providers.flatMap(providerLines),
    '',
    `Files (home folder ${home})`,
    ...files.flatMap(({ path, mode, findings }) => [`  ${mode ?? 'absent'}  ${path}`, ...findingLines(findings)]),
    '',
    'Reachability',
    ...(reach.length === 0
      ? ['  nothing to reach without a credential']
      : reach.flatMap((one) => [reachLine(one), ...findingLines(one.findings)])),
    ...(settings.length === 0 ? [] : ['', 'Settings', ...findingLines(settings)]),
  ].join('\n');
};

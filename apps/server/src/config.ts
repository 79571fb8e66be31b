import { homedir } from 'node:os';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { Secret } from '@mogplex/credentials';
import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';
import type { GitHubSettings } from './github/settings.ts';
import { type ProxySettings, readProxy } from './network/proxy.ts';

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );

const network = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
};

const networks = list.refine((parts) => parts.every(network), 'must be IP addresses or networks such as 10.0.0.0/8, comma separated');

/** An address whose answer can be trusted: https, or http that stays on this machine. */
const isSafeAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
};

const fileOrAddress = z
  .string()
  .min(1)
  .refine((text) => !/^\w+:\/\//.test(text) || isSafeAddress(text), 'must be a file or an https address')
  .transform((text) => (isSafeAddress(text) ? text : resolve(text)));

const origin = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text).origin);

const environment = z.object({
  MOGPLEX_HOST: z.string().min(1).default('127.0.0.1'),
  MOGPLEX_PORT: z.coerce.number().int().min(0).max(65_535).default(4100),
  MOGPLEX_DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgresql://')
    .optional(),
  MOGPLEX_MASTER_KEY: z.string().optional(),
  MOGPLEX_PUBLIC_URL: origin.optional(),
  MOGPLEX_TRUSTED_PROXIES: networks,
  MOGPLEX_ALLOW_PRIVATE_UPSTREAMS: networks,
  MOGPLEX_RATE_LIMIT: count(60),
  MOGPLEX_START_LIMIT: count(30),
  MOGPLEX_ADDRESS_LIMIT: count(120),
  MOGPLEX_BODY_LIMIT: count(1_048_576),
  MOGPLEX_MODEL_RATE_LIMIT: count(1_200),
  MOGPLEX_MODEL_BODY_LIMIT: count(33_554_432),
  MOGPLEX_MODEL_CONNECT_SECONDS: count(10),
  MOGPLEX_MODEL_FIRST_BYTE_SECONDS: count(600),
  MOGPLEX_MODEL_IDLE_SECONDS: count(300),
  MOGPLEX_MODEL_STALL_SECONDS: count(600),
  MOGPLEX_MODEL_PING_SECONDS: count(15),
  MOGPLEX_MODEL_LEASE_SECONDS: count(60),
  MOGPLEX_RUN_WORKERS: z.coerce.number().int().min(0).max(1_000).default(32),
  MOGPLEX_RUN_DAYS: count(90),
  MOGPLEX_DRAIN_SECONDS: count(10),
  MOGPLEX_SECRET_SCANNING_KEYS: fileOrAddress.optional(),
  MOGPLEX_GITHUB_URL: origin.default('https://github.com'),
  MOGPLEX_GITHUB_CLIENT_ID: z.string().optional(),
  MOGPLEX_GITHUB_CLIENT_SECRET: z.string().optional(),
  MOGPLEX_GITHUB_SECONDS: count(10),
  MOGPLEX_LOG: z.enum(['info', 'error']).default('info'),
});

const githubOf = (data: z.output<typeof environment>): Pick<Config, 'github'> => {
  const { MOGPLEX_GITHUB_CLIENT_ID: clientId, MOGPLEX_GITHUB_CLIENT_SECRET: secret, MOGPLEX_GITHUB_URL: url } = data;
  if (clientId === undefined && secret === undefined) return {};
  if (clientId === undefined || secret === undefined) {
    throw new MogplexError('usage', 'wrong settings: MOGPLEX_GITHUB_CLIENT_ID and MOGPLEX_GITHUB_CLIENT_SECRET go together', {
      boundary: 'configuration',
    });
  }
  const clientSecret = new Secret(secret, 'MOGPLEX_GITHUB_CLIENT_SECRET');
  return { github: { url, clientId, clientSecret, seconds: data.MOGPLEX_GITHUB_SECONDS } };
};

/** Every setting of the platform, checked and with its default. */
export interface Config {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Absolute path of the folder of the embedded store, the master key and the lock. */
  dataDir: string;
  /** Present: PostgreSQL is the store. Absent: SQLite in the data folder. */
  databaseUrl?: Secret;
  /** Present: outranks the key file of the data folder. */
  masterKey?: Secret;
  /** Origin under which browsers and terminals reach the platform; absent: the listening address. */
  publicUrl?: string;
  /** Networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  /** Private networks that users' upstream URLs may lead to. */
  allowPrivateUpstreams: readonly string[];
  /** Through which addresses outside are reached over https. */
  proxy?: ProxySettings;
  limits: {
    /** Requests a minute and key. */
    perKey: number;
    /** Starts a minute and account. */
    startsPerAccount: number;
    /** Requests a minute and address without a valid credential. */
    perAddress: number;
    /** Bytes of a request body. */
    body: number;
    /** Model calls a minute and key. */
    modelsPerKey: number;
    /** Bytes of a model call's body. */
    modelBody: number;
  };
  /**
   * Seconds that a model provider may take to accept a connection, to begin to answer, and between two pieces of an answer; and
   * how long credit that a server set aside stays so after the server died.
   */
  modelSeconds: { connect: number; firstByte: number; idle: number; stall: number; ping: number; lease: number };
  runs: {
    /** Runs that this server works on at the same time; 0: it takes none. */
    workers: number;
    /** Days that a run is kept after it has ended. */
    keepDays: number;
  };
  /** Seconds that open requests are given to end when the server stops. */
  drainSeconds: number;
  /** Absolute path or address of the public keys of the secret scanning partner programme, in the form GitHub publishes them. */
  secretScanningKeys?: string;
  /** Sign-in with GitHub: github.com, or the origin of a GitHub Enterprise server. Absent: not offered. */
  github?: GitHubSettings;
  log: 'info' | 'error';
}

/**
 * Reads every setting from the environment. An empty variable counts as unset.
 *
 * @throws MogplexError `usage`, boundary `configuration`, that names each wrong variable and never its value.
 */
export const loadConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const { success, data, error } = environment.safeParse(set);
  if (!success) {
    const wrong = error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new MogplexError('usage', `wrong settings: ${wrong.join('; ')}`, { boundary: 'configuration' });
  }
  const proxy = readProxy(set);
  return {
    host: data.MOGPLEX_HOST,
    port: data.MOGPLEX_PORT,
    dataDir: resolve(data.MOGPLEX_DATA_DIR ?? `${set['HOME'] ?? homedir()}/.mogplex/server`),
    ...(data.DATABASE_URL === undefined ? {} : { databaseUrl: new Secret(data.DATABASE_URL, 'DATABASE_URL') }),
    ...(data.MOGPLEX_MASTER_KEY === undefined ? {} : { masterKey: new Secret(data.MOGPLEX_MASTER_KEY, 'MOGPLEX_MASTER_KEY') }),
    ...(data.MOGPLEX_PUBLIC_URL === undefined ? {} : { publicUrl: data.MOGPLEX_PUBLIC_URL }),
    trustedProxies: data.MOGPLEX_TRUSTED_PROXIES,
    allowPrivateUpstreams: data.MOGPLEX_ALLOW_PRIVATE_UPSTREAMS,
    ...(proxy ? { proxy } : {}),
    limits: {
      perKey: data.MOGPLEX_RATE_LIMIT,
      startsPerAccount: data.MOGPLEX_START_LIMIT,
      perAddress: data.MOGPLEX_ADDRESS_LIMIT,
      body: data.MOGPLEX_BODY_LIMIT,
      modelsPerKey: data.MOGPLEX_MODEL_RATE_LIMIT,
      modelBody: data.MOGPLEX_MODEL_BODY_LIMIT,
    },
    modelSeconds: {
      connect: data.MOGPLEX_MODEL_CONNECT_SECONDS,
      firstByte: data.MOGPLEX_MODEL_FIRST_BYTE_SECONDS,
      idle: data.MOGPLEX_MODEL_IDLE_SECONDS,
      stall: data.MOGPLEX_MODEL_STALL_SECONDS,
      ping: data.MOGPLEX_MODEL_PING_SECONDS,
      lease: data.MOGPLEX_MODEL_LEASE_SECONDS,
    },
    runs: { workers: data.MOGPLEX_RUN_WORKERS, keepDays: data.MOGPLEX_RUN_DAYS },
    drainSeconds: data.MOGPLEX_DRAIN_SECONDS,
    ...(data.MOGPLEX_SECRET_SCANNING_KEYS === undefined ? {} : { secretScanningKeys: data.MOGPLEX_SECRET_SCANNING_KEYS }),
    ...githubOf(data),
    log: data.MOGPLEX_LOG,
  };
};

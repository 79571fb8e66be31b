import type { Secret } from '@mogplex/credentials';

/** An OAuth or GitHub application at github.com or on a GitHub Enterprise server. */
export interface GitHubSettings {
  /** `https://github.com`, or the origin of a GitHub Enterprise server. */
  url: string;
  clientId: string;
  clientSecret: Secret;
  /** Seconds that GitHub may take to answer one request. */
  seconds: number;
}

/** Base URL of the REST API: its own host at github.com and ghe.com, a path on an Enterprise server. */
export const apiBaseOf = (url: string): string => {
  const { host } = new URL(url);
  if (host === 'github.com' || host.endsWith('.ghe.com')) return `https://api.${host}`;
  return `${url}/api/v3`;
};

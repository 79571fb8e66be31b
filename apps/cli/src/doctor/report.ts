/** How serious a finding is: `problem` makes the command fail, `warning` and `fine` do not. */
export type Severity = 'fine' | 'warning' | 'problem';

export interface Finding {
  severity: Severity;
  text: string;
}

/** A credential that is present for a provider. */
export interface CandidateReport {
  /** `env OPENAI_API_KEY`, `stored key`, `account y…@example.com at https://...` */
  source: string;
  /** Whether this is the one that would be used. */
  used: boolean;
  /** Why it would not: what outranks it, or what is wrong with it. */
  why?: string;
}

export interface ProviderReport {
  provider: string;
  /** In the order of resolution; none: no credential. */
  credentials: readonly CandidateReport[];
  /** Set when a base URL variable moves the provider. */
  baseUrl?: string;
  findings: readonly Finding[];
}

export interface FileReport {
  path: string;
  /** Octal, such as 0600; absent when the file is not there. */
  mode?: string;
  findings: readonly Finding[];
}

export interface ReachReport {
  /** What was asked: an origin. */
  origin: string;
  reachable: boolean;
  /** Milliseconds to the answer. */
  tookMs?: number;
  /** Seconds by which this machine's clock is ahead of theirs. */
  clockAheadSeconds?: number;
  findings: readonly Finding[];
}

/** What `mogplex doctor --json` prints. It holds no secret. */
export interface DoctorReport {
  version: 1;
  versions: { mogplex: string; node: string; platform: string };
  home: string;
  files: readonly FileReport[];
  providers: readonly ProviderReport[];
  reach: readonly ReachReport[];
  settings: readonly Finding[];
}

/** Every finding of a report. */
export const findingsOf = (report: DoctorReport): Finding[] => [
  ...report.files.flatMap(({ findings }) => findings),
  ...report.providers.flatMap(({ findings }) => findings),
  ...report.reach.flatMap(({ findings }) => findings),
  ...report.settings,
];

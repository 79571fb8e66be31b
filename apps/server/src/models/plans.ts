/** What an account or a team may use. */
export interface Plan {
  id: string;
  name: string;
  /** Micro-dollars a calendar month (UTC); null: metered without a limit. */
  monthlyCredit: number | null;
  /** Model ids, `*` standing for any characters. Empty: no model access. */
  allowedModels: readonly string[];
  /** Calls under way at the same time. */
  parallelCalls: number;
  /** Runs under way at the same time, on all servers together; further ones wait. */
  parallelRuns: number;
  callsPerMinute: number;
  /** Percentages of the monthly credit at which an alert is raised. */
  softLimits: readonly number[];
}

/** The plan of everybody until the owner says otherwise: every model, metered, no limit on credit. */
export const STANDARD_PLAN: Plan = {
  id: 'standard',
  name: 'Standard',
  monthlyCredit: null,
  allowedModels: ['*'],
  parallelCalls: 256,
  parallelRuns: 8,
  callsPerMinute: 6_000,
  softLimits: [50, 80, 100],
};

/** The plan of those who use only keys of their own. */
export const NO_ACCESS_PLAN: Plan = { ...STANDARD_PLAN, id: 'none', name: 'No model access', allowedModels: [], softLimits: [] };

export const BUILT_IN_PLANS: readonly Plan[] = [STANDARD_PLAN, NO_ACCESS_PLAN];

const matches = (pattern: string, id: string): boolean => {
  if (!pattern.includes('*')) return pattern === id;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = id.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= id.length - last.length;
};

/** Whether a plan allows a model. */
export const planAllows = (plan: Plan, modelId: string): boolean => plan.allowedModels.some((pattern) => matches(pattern, modelId));

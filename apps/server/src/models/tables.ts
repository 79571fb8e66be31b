import type { SealedText } from '../store/sealer.ts';

/** A provider's key with the address it is for. `account_id` null: hosted by the operator for everybody. */
interface UpstreamTable {
  id: string;
  provider: string;
  account_id: string | null;
  label: string;
  base_url: string | null;
  sealed_key: SealedText;
  /** Last characters of the key, to recognise it by. */
  key_hint: string;
  /** Order of use among the keys of one provider. */
  position: number;
  health: 'ok' | 'refused' | 'limited' | 'failing';
  health_note: string | null;
  health_at: number | null;
  created_at: number;
  updated_at: number;
}

/** Models that the owner or an upstream's list added to the shipped ones, and changes to those. */
interface ModelTable {
  id: string;
  provider: string;
  name: string;
  label: string;
  context_length: number;
  max_output: number;
  /** JSON array of words. */
  capabilities: string;
  input_price: number | null;
  cached_input_price: number | null;
  output_price: number | null;
  cache_write_price: number | null;
  origin: 'upstream' | 'owner';
  enabled: number;
  updated_at: number;
  /** JSON array of what the owner stated, see `STATED`; the other columns hold what was true then. Null: all of it. */
  stated: string | null;
}

/** What an account chose: models switched off, and its default. */
interface ModelChoiceTable {
  account_id: string;
  model: string;
  enabled: number;
  is_default: number;
}

/** Models that may not be used for one repository of an account. */
interface ModelExclusionTable {
  account_id: string;
  repository: string;
  model: string;
}

interface PlanTable {
  id: string;
  name: string;
  /** Micro-dollars a calendar month (UTC); null: metered without a limit. */
  monthly_credit: number | null;
  /** JSON array of model ids, `*` standing for any characters; an empty array gives no model access. */
  allowed_models: string;
  parallel_calls: number;
  parallel_runs: number;
  calls_per_minute: number;
  /** JSON array of percentages of the monthly credit at which an alert is raised. */
  soft_limits: string;
  is_default: number;
  updated_at: number;
}

/** Whose plan is not the default one: an account or a team. A team's plan pays for its members. */
interface EntitlementTable {
  subject: string;
  plan_id: string;
  updated_at: number;
}

/** The running balance of who pays; always the sum of its ledger entries. */
export interface CreditTable {
  payer: string;
  /** `2026-11`, the month that the last grant was for. */
  period: string;
  /** The plan's credit that this month was filled up to. */
  granted: number;
  balance: number;
  /** Set aside for calls under way. */
  reserved: number;
  /** Calls under way. */
  calls: number;
  /** Minutes since the epoch, and the calls that began within it. */
  minute: number;
  minute_calls: number;
}

/** Credit set aside for a call that is under way. */
export interface ReservationTable {
  id: string;
  payer: string;
  server_id: string;
  amount: number;
  /** How many calls it stands for: one on PostgreSQL, all alike of the server on SQLite. */
  calls: number;
  /** Takes part in the balance: false for calls that nobody here pays for. */
  charged: number;
  account_id: string;
  team_id: string | null;
  token_id: string;
  run_id: string | null;
  source: string;
  model: string;
  provider: string;
  upstream_id: string;
  expires_at: number;
  created_at: number;
}

/** The ledger: rows are only ever added (triggers refuse anything else). */
export interface LedgerTable {
  /** What caused the entry; the key, so that nothing is booked twice. */
  reference: string;
  payer: string;
  kind: 'grant' | 'usage' | 'expired' | 'adjustment';
  /** Change of the balance in micro-dollars. */
  amount: number;
  /** What the call cost by the catalogue, whoever pays. */
  cost: number;
  /** The part of the cost that no credit was left for. */
  uncovered: number;
  account_id: string | null;
  team_id: string | null;
  token_id: string | null;
  run_id: string | null;
  source: string | null;
  model: string | null;
  provider: string | null;
  upstream_id: string | null;
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  /** Web searches of the provider, which cost beside the tokens. */
  searches: number;
  /** 0: counted by us, since the provider did not say. */
  exact: number;
  /** `done`, `cancelled`, `cut`, `failed`. */
  outcome: string | null;
  /** `2026-11-22` (UTC). */
  day: string;
  created_at: number;
}

export interface ModelAlertTable {
  id: string;
  payer: string;
  period: string;
  percent: number;
  created_at: number;
}

/** The tables of the models room. */
export interface ModelTables {
  model_upstreams: UpstreamTable;
  models: ModelTable;
  model_choices: ModelChoiceTable;
  model_exclusions: ModelExclusionTable;
  model_plans: PlanTable;
  model_entitlements: EntitlementTable;
  model_credit: CreditTable;
  model_reservations: ReservationTable;
  model_ledger: LedgerTable;
  model_alerts: ModelAlertTable;
}

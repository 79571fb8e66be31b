import type { Migration } from 'kysely/migration';
import { core } from './0001_core.ts';
import { tokens } from './0002_tokens.ts';
import { idempotency } from './0003_idempotency.ts';
import { auditKeep } from './0004_audit_keep.ts';
import { idempotencySealed } from './0005_idempotency_sealed.ts';
import { accounts } from './0010_accounts.ts';
import { teams } from './0011_teams.ts';
import { oauth } from './0012_oauth.ts';
import { github } from './0013_github.ts';
import { models } from './0030_models.ts';
import { parallelRuns } from './0031_parallel_runs.ts';
import { statedModels } from './0032_stated_models.ts';
import { ledgerSearches } from './0033_ledger_searches.ts';
import { connections } from './0040_connections.ts';
import { runs } from './0050_runs.ts';
import { runList } from './0051_run_list.ts';
import { runEnded } from './0052_run_ended.ts';

/**
 * Every migration by name. Ranges: 0001-0009 core and tokens, 0010-0019 identity, 0030-0039 models, 0040-0049 connections,
 * 0050-0059 runs. They use what SQLite and PostgreSQL have in common (text, integer, real, blob; `bigint` where a number is a time in milliseconds).
 */
export const migrations: Record<string, Migration> = {
  '0001_core': core,
  '0002_tokens': tokens,
  '0003_idempotency': idempotency,
  '0004_audit_keep': auditKeep,
  '0005_idempotency_sealed': idempotencySealed,
  '0010_accounts': accounts,
  '0011_teams': teams,
  '0012_oauth': oauth,
  '0013_github': github,
  '0030_models': models,
  '0031_parallel_runs': parallelRuns,
  '0032_stated_models': statedModels,
  '0033_ledger_searches': ledgerSearches,
  '0040_connections': connections,
  '0050_runs': runs,
  '0051_run_list': runList,
  '0052_run_ended': runEnded,
};

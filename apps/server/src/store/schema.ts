import type { AuditTables } from '../audit/tables.ts';
import type { ConnectionTables } from '../connections/tables.ts';
import type { IdempotencyTables } from '../http/idempotency.ts';
import type { IdentityTables } from '../identity/tables.ts';
import type { ModelTables } from '../models/tables.ts';
import type { QueueTables } from '../queue/tables.ts';
import type { RunTables } from '../runs/tables.ts';
import type { TokenTables } from '../tokens/tables.ts';
import type { KeyTables } from './key-check.ts';

/** Every table of the store: each room exports the interface of its own. */
export type Database = KeyTables &
  TokenTables &
  AuditTables &
  IdempotencyTables &
  IdentityTables &
  ModelTables &
  ConnectionTables &
  QueueTables &
  RunTables;

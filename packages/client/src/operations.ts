import {
  agentList,
  connectionPage,
  connectionTest,
  me,
  modelList,
  notification,
  notificationPage,
  ownKeyList,
  repositoryPage,
  runAnswer,
  runEventPage,
  runPage,
  tokenPage,
  usageReport,
} from '@mogplex/protocol';
import { z } from 'zod';

export interface Operation {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api/v1/mogplex`; `{name}` stands for a parameter. */
  path: string;
  /** Schema of `data` in the answer. */
  response: z.ZodType;
}

/** What the client calls. A test holds each against the document that the platform serves. */
export const operations = {
  me: { method: 'GET', path: '/me', response: me },
  listTokens: { method: 'GET', path: '/tokens', response: tokenPage },
  revokeToken: { method: 'DELETE', path: '/tokens/{id}', response: z.object({ status: z.literal('revoked') }) },
  listNotifications: { method: 'GET', path: '/notifications', response: notificationPage },
  readNotification: { method: 'POST', path: '/notifications/{id}/read', response: notification },
  listRepositories: { method: 'GET', path: '/repos', response: repositoryPage },
  listModels: { method: 'GET', path: '/models', response: modelList },
  listApiKeys: { method: 'GET', path: '/api-keys', response: ownKeyList },
  listConnections: { method: 'GET', path: '/connections', response: connectionPage },
  testConnection: { method: 'POST', path: '/connections/{id}/test', response: connectionTest },
  listAgents: { method: 'GET', path: '/agents', response: agentList },
  startRun: { method: 'POST', path: '/runs', response: runAnswer },
  listRuns: { method: 'GET', path: '/runs', response: runPage },
  getRun: { method: 'GET', path: '/runs/{id}', response: runAnswer },
  cancelRun: { method: 'POST', path: '/runs/{id}/cancel', response: runAnswer },
  listRunEvents: { method: 'GET', path: '/runs/{id}/events', response: runEventPage },
  usage: { method: 'GET', path: '/usage', response: usageReport },
} as const satisfies Record<string, Operation>;

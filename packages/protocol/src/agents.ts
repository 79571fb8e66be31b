import { z } from 'zod';

/** One agent that this platform can run. */
export const agentInfo = z.object({
  /** What `POST /runs` names it by. */
  id: z.string(),
  name: z.string(),
  /** What it does and what it does not do, for people. */
  description: z.string(),
  /** What must be there before it can run. */
  needs: z.object({ model: z.boolean(), repository: z.boolean(), sandbox: z.boolean() }),
  /** What it can reach: a checkout of the repository, tools. */
  capabilities: z.object({ repository: z.boolean(), tools: z.boolean() }),
});

/** `GET /api/v1/mogplex/agents`: those that exist. */
export const agentList = z.object({ agents: z.array(agentInfo) });

export type AgentInfo = z.infer<typeof agentInfo>;

export type { Agent, AgentEvent, AgentLimits, ProfileName, RolloutRequest } from './agent.ts';

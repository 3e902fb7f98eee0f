export type { Agent, AgentEvent, AgentLimits, ProfileName, RolloutRequest } from './agent.ts';
export { CommandClock } from './clock.ts';
export { type AgentConfig, AgentConfigError, readAgentConfig } from './config.ts';
export { defaultLimits, openAgent, openProfile } from './open.ts';
export type { Profile, Toolbox, Turn } from './profile.ts';
export { TemplateError } from './template.ts';

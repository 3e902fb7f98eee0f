import type { Agent, AgentLimits, ProfileName } from './agent.ts';
import { type AgentConfig, AgentConfigError } from './config.ts';
import { Loop } from './loop.ts';
import { miniProfile } from './mini/profile.ts';
import type { Profile } from './profile.ts';
import { sweAgentProfile } from './swe-agent/profile.ts';

/**
 * Makes an agent that speaks a profile's format.
 *
 * @param options.config the user's own words and limits, from `readAgentConfig`
 * @throws AgentConfigError the configuration is for the other profile
 * @throws TemplateError
 */
export function openAgent(profile: ProfileName, options: { readonly config?: AgentConfig } = {}): Agent {
  const spoken = openProfile(profile, options.config);
  return { profile, rollout: async (request) => new Loop(spoken, request).run() };
}

/** The profile itself, for running tool calls without a model. */
export function openProfile(profile: ProfileName, config?: AgentConfig): Profile {
  if (config !== undefined && config.profile !== profile) {
    throw new AgentConfigError(
      `The agent configuration is for the profile ${config.profile}, not for ${profile}: choose --profile ${config.profile}.`,
    );
  }
  return profile === 'mini' ? miniProfile(config) : sweAgentProfile(config);
}

/**
 * The limits of the published method: 115 steps, 1,800 seconds of commands, and for one command 300 seconds
 * (`mini`: 60) or what the configuration says; cost is not limited.
 */
export function defaultLimits(profile: ProfileName, config?: AgentConfig): AgentLimits {
  const commandSeconds = config?.commandSeconds ?? (profile === 'mini' ? 60 : 300);
  return { steps: 115, costUsd: 0, commandSeconds, totalSeconds: 1800 };
}

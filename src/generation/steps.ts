import type { Message } from '../trajectory/index.ts';

/**
 * The steps of a rollout as text, one entry a step: what the teacher said, the calls it made, what it saw.
 * The instructions before the first step are not among them.
 */
export function describeSteps(messages: readonly Message[]): string[] {
  const steps: string[][] = [];
  for (const message of messages) {
    if (message.role === 'assistant') {
      const calls = (message.toolCalls ?? []).map((call) => `Call: ${call.name} ${call.arguments}`);
      steps.push(
        [`[step ${steps.length + 1}]`, message.content.trim(), ...calls].filter((line) => line !== ''),
      );
    } else if (message.role !== 'system') {
      steps.at(-1)?.push(`Result: ${message.content}`);
    }
  }
  return steps.map((lines) => lines.join('\n'));
}

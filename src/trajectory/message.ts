/**
 * The conversation of a rollout: one flat list that only grows. What was sent is what is stored.
 * Messages are this project's own; they become a provider's only where a model is called, and a training
 * format's only where data is exported.
 */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface SystemMessage {
  readonly role: 'system';
  readonly content: string;
}

export interface UserMessage {
  readonly role: 'user';
  readonly content: string;
}

export interface AssistantMessage {
  readonly role: 'assistant';
  /** What the model said beside its tool calls; may be empty. */
  readonly content: string;
  /** The reasoning trace, where the provider gives it. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** What the provider wants back unchanged with this message (signatures of thinking blocks). */
  readonly providerData?: Readonly<Record<string, unknown>>;
}

export interface ToolMessage {
  readonly role: 'tool';
  readonly toolCallId: string;
  /** The observation, exactly as the model reads it. */
  readonly content: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The JSON text of the arguments as the model wrote it; it may not parse. */
  readonly arguments: string;
}

/** A tool as it is offered to the model; `parameters` is a JSON Schema of an object. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

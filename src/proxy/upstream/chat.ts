/** Chat completions as vLLM and SGLang take them. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly ChatPart[] }
  | ChatAssistant
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ChatAssistant {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly ChatCall[];
}

export interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export interface ChatTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

/** What is asked of the model; the parameters of sampling are already in the server's words. */
export interface ChatQuestion {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  readonly maxTokens: number | undefined;
  readonly sampling: Readonly<Record<string, unknown>>;
}

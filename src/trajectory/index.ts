export type { Exchange } from './exchange.ts';
export type {
  AssistantMessage,
  Message,
  SystemMessage,
  ToolCall,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from './message.ts';
export {
  type ExitStatus,
  type FinishReason,
  LIMIT_REASONS,
  type LimitReason,
  type ModelCall,
  type Trajectory,
  totalCost,
  totalUsage,
  type Usage,
} from './trajectory.ts';

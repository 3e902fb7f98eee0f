export {
  BudgetError,
  ContextOverflowError,
  ReplayMismatchError,
  TeacherRefusedError,
  TeacherSpecError,
  TeacherUnavailableError,
} from './errors.ts';
export type { Answer, Conversation, ConversationOptions, Purpose, Question, Teacher } from './teacher.ts';

export {
  BudgetError,
  ContextOverflowError,
  ReplayMismatchError,
  TeacherRefusedError,
  TeacherSpecError,
  TeacherUnavailableError,
} from './errors.ts';
export { openTeacher, type TeacherOptions } from './open.ts';
export { type ModelPrice, type Price, priceOf } from './prices.ts';
export type { Answer, Conversation, ConversationOptions, Purpose, Question, Teacher } from './teacher.ts';

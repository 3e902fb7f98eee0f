import { describe, expect, test } from 'vitest';
import type { AssistantMessage } from '../trajectory/index.ts';
import { type ReasoningMode, spoken, written } from './reasoning.ts';

const call = { id: 'c', name: 'bash', arguments: '{}' };

function said(message: Partial<AssistantMessage>, mode: ReasoningMode): string | undefined {
  const result = spoken({ role: 'assistant', content: '', toolCalls: [call], ...message }, mode);
  return result && written(result);
}

describe('a trace that came apart from the text', () => {
  const message = { reasoning: '\nLook first.\n', content: '\n\nI look.' };

  test.each([
    ['as_is', '<think>\nLook first.\n</think>\n\nI look.'],
    ['add_think', '<think>\nLook first.\n</think>\n\nI look.'],
    ['keep_only_think', '<think>\nLook first.\n</think>'],
    ['keep_only_non_think', '<think>\nI look.\n</think>'],
  ] as const)('%s', (mode, expected) => {
    expect(said(message, mode)).toBe(expected);
  });

  test('is clearly no trace where it holds think tags itself', () => {
    expect(said({ reasoning: 'a </think> b', content: 'c' }, 'keep_only_think')).toBeUndefined();
  });
});

describe('thought and text can stand in for each other', () => {
  test('an empty thought gives way to the text', () => {
    expect(said({ content: '<think>\n \n</think>Text.' }, 'keep_only_think')).toBe(
      '<think>\nText.\n</think>',
    );
  });

  test('an empty text gives way to the thought', () => {
    expect(said({ content: '<think>Thought.</think>\n' }, 'keep_only_non_think')).toBe(
      '<think>\nThought.\n</think>',
    );
  });

  test('a thought in the middle of a text is text', () => {
    expect(said({ content: 'So <think>x</think> it is.' }, 'keep_only_non_think')).toBe(
      '<think>\nSo <think>\nx\n</think> it is.\n</think>',
    );
  });
});

describe('what cannot be told apart', () => {
  test.each(['<think>a</think><think>b</think>', 'a</think>b', '<think>a'])('%s', (content) => {
    expect(said({ content }, 'keep_only_think')).toBeUndefined();
    expect(said({ content }, 'as_is')).toBe(content);
  });
});

test('a message without calls keeps its text, which is all that it does', () => {
  const message = { content: '<think>a</think>Done.', toolCalls: [] };
  expect(said(message, 'keep_only_think')).toBe('<think>\na\n</think>\n\nDone.');
  expect(said({ content: 'Done.', toolCalls: [] }, 'keep_only_think')).toBe('Done.');
  expect(said({ content: 'Done.', toolCalls: [] }, 'add_think')).toBe('Done.');
});

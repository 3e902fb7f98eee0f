import { expect, it } from 'vitest';
import { nameSignals } from './signals.ts';

const COMPLAINT = 'bash: [17: 2 (255)] tcsetattr: Inappropriate ioctl for device';

it('names the signal of the last program, and says of others that there was one', () => {
  expect(nameSignals(`${COMPLAINT}\nx\n${COMPLAINT}`, 139)).toBe('Ended by a signal\nx\nSegmentation fault');
  expect(nameSignals(`${COMPLAINT}\nx`, 0)).toBe('Ended by a signal\nx');
  expect(nameSignals(`half a line${COMPLAINT}`, 137)).toBe('half a lineKilled');
});

it('says nothing of signals that this program sent, and leaves all other output alone', () => {
  expect(nameSignals(`x\n${COMPLAINT}\ny`, null)).toBe('x\ny');
  expect(nameSignals('tcsetattr() failed', 139)).toBe('tcsetattr() failed');
});

/** What the model asked for cannot be done; the message is the tool's answer to it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

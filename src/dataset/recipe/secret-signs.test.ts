import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_METADATA } from '../candidate.ts';
import { showsSigns } from './secret-signs.ts';
import { findSecrets, scan } from './secrets.ts';

const mixed = (length: number) => 'a1B2c3D4e5F6g7H8i9J0'.repeat(20).slice(0, length);
const letters = (length: number) => 'abcdefghijKLMNOPQRST'.repeat(10).slice(0, length);
const hex = (length: number) => '0123456789abcdef'.repeat(10).slice(0, length);
const pem = (kind: string) => `${'-'.repeat(5)}${kind} RSA PRIVATE KEY${'-'.repeat(5)}`;

/** Secrets by the rule of the scanner that is there for them; put together here, so that no scanner finds this file. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  aws: [`aws_secret_access_key = "${mixed(40)}"`, `"SecretAccessKey": '${mixed(40)}'`],
  npm: [`npm_${mixed(36)}`, `https://${mixed(20)}:x-oauth-basic@github.com/a/b`],
  slack: [
    `xoxb-${mixed(12)}-${mixed(24)}`,
    `xapp-1-${mixed(9)}`,
    `https://hooks.slack.com/services/T${mixed(8)}/B${mixed(8)}/${mixed(24)}`,
  ],
  basicauth: [`https://me:${mixed(9)}@git.acme.dev/x.git`, `ftp://someone:${mixed(200)}@files.acme.dev`],
  openai: [`sk-${letters(20)}T3BlbkFJ${letters(20)}`, `sk-proj-${mixed(74)}T3BlbkFJ${mixed(74)}`],
  anthropic: [`sk-ant-api03-${mixed(93)}AA`],
  groq: [`gsk_${mixed(52)}`],
  huggingface: [`hf_${letters(34)}`],
  linear: [`lin_api_${mixed(40)}`],
  notion: [`ntn_12345678901${mixed(35)}`],
  privatekey: [`${pem('BEGIN')}\n${`MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/${mixed(32)}`.repeat(8)}\n${pem('END')}`],
  sendgrid: [`SG.${mixed(22)}.${mixed(43)}`],
  shopify: ['shppa', 'shpca', 'shpat', 'shpss'].map((kind) => `${kind}_${hex(32)}`),
  github: [
    ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((kind) => `${kind}_${mixed(36)}`),
    `github_pat_${mixed(82)}`,
  ],
  gitlab: [`glpat-${mixed(20)}`],
  grafana: [`glc_${mixed(60)}`, `glsa_${mixed(32)}_${hex(8)}`],
  '1password': [`ops_${Buffer.from(JSON.stringify({ a: mixed(98) })).toString('base64')}`],
  'database-connection-string': ['mongodb+srv', 'MYSQL', 'postgresql'].map(
    (kind) => `${kind}://me:${mixed(9)}@db.acme.dev/x`,
  ),
  'hashicorp-vault': [`hvs.${mixed(95)}`, `hvb.${mixed(150)}`, `hvr.${mixed(95)}`],
  vercel: ['vcp', 'vci', 'vca', 'vcr', 'vck'].map((kind) => `${kind}_${mixed(24)}`),
  databricks: [`dapi${hex(32)}`],
  docker: [`dckr_pat_${mixed(27)}`],
  stripe: ['sk_live', 'sk_test', 'rk_live', 'rk_test'].map((kind) => `${kind}_${mixed(24)}`),
  cloudflare: ['cfk', 'cfut', 'cfat'].map((kind) => `${kind}_${mixed(40)}${hex(8)}`),
  tailscale: ['api', 'auth', 'client'].map((kind) => `tskey-${kind}-k${mixed(10)}CNTRL-${mixed(32)}`),
  figma: [`figd_${mixed(40)}`],
};

/** They look at files of a kind only, or are not registered here. */
const NOT_FOR_TEXT = ['gcp', 'filter-comments'];

test('every rule of the scanner has its secret here', () => {
  const names = rules.map((rule) => rule.meta.id.replace('@secretlint/secretlint-rule-', ''));
  expect(names.sort()).toEqual([...Object.keys(SECRETS), ...NOT_FOR_TEXT].sort());
});

test.each(Object.entries(SECRETS))('%s is found', async (_, secrets) => {
  for (const secret of secrets) {
    for (const content of [secret, `é ${secret}\nnext`, `{"key": "${secret}"}`]) {
      const candidate = {
        id: 'c',
        messages: [{ role: 'user' as const, content }],
        tools: [],
        metadata: NO_METADATA,
      };
      const found = await findSecrets(candidate);
      expect(found).not.toEqual([]);
    }
  }
});

test('where there is no sign, the scanner finds nothing', async () => {
  const secret = fc.constantFrom(...Object.values(SECRETS).flat());
  const other = fc.constantFrom(
    '',
    ' ',
    '"',
    '\n',
    '-',
    '_',
    '.',
    '/',
    ':',
    '@',
    'é',
    'A',
    '0',
    '://',
    'key=',
  );
  const change = fc.record({ at: fc.nat(1000), cut: fc.nat(3), put: other });
  /** Secrets with some characters changed: at the edge of what a rule still takes for one. */
  const text = fc
    .tuple(other, secret, fc.array(change, { maxLength: 3 }), other)
    .map(([before, base, changes, after]) => {
      const changed = changes.reduce((rest, { at, cut, put }) => {
        const place = at % rest.length;
        return rest.slice(0, place) + put + rest.slice(place + cut) || ' ';
      }, base);
      return before + changed + after;
    });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 20 }), async (texts) => {
      const passedOver = texts.filter((each) => !showsSigns(each));
      expect(await scan(passedOver.join('\n\0\n'))).toEqual([]);
    }),
    { numRuns: 200, endOnFailure: true },
  );
});

test('what is no secret is not given to the scanner', () => {
  expect(showsSigns('task-list: https://acme.dev/a?b=c, snake_case_of_some_length, SG-1, count = 12')).toBe(
    false,
  );
});

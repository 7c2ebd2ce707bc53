// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Starts the sandbox for a test file, and makes the SDK's clients for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { IamAuthenticator } = require('ibm-cloud-sdk-core');
const IamPolicyManagementV1 = require('@ibm-cloud/platform-services/iam-policy-management/v1');

export const { PoliciesPager, V2PoliciesPager } = IamPolicyManagementV1;
export const ACCOUNT = 'a1234567a1234567a1234567a1234567';
export const OTHER_ACCOUNT = 'b7654321b7654321b7654321b7654321';
export const READER = 'crn:v1:bluemix:public:iam::::serviceRole:Reader';
export const DELEGATOR = 'crn:v1:bluemix:public:iam::::role:AuthorizationDelegator';
export const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';
export const EDITOR = 'crn:v1:bluemix:public:iam::::role:Editor';

const SEED = new URL('../../../daemon/sandbox/seed/demo.json', import.meta.url).pathname;

// Resolves with the address that the sandbox prints when it listens.
async function addressOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /a local IAM at (\S+)/.exec(line);
    if (found) return found[1];
  }
  throw new Error('the sandbox ended before it listened');
}

export async function startSandbox(...args) {
  const child = spawn(process.env.IAM_SANDBOX, ['--listen', '127.0.0.1:0', '--seed', SEED, '--quiet', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  return {
    url,
    client: (apikey = 'demo-api-key') => clientOf(url, apikey),
    admin: (path, body) => admin(url, path, body),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

function clientOf(url, apikey) {
  const authenticator = new IamAuthenticator({ apikey, url });
  return new IamPolicyManagementV1({ authenticator, serviceUrl: url });
}

async function admin(url, path, body) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const reply = await fetch(`${url}/sandbox/v1/${path}`, init);
  return reply.status === 204 ? undefined : reply.json();
}

/// Rejected calls as values: {status, result}, where result is the body.
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    const body = typeof error.result === 'string' ? JSON.parse(error.result) : error.result;
    return { status: error.status, body: body ?? JSON.parse(error.body), message: error.message };
  }
  throw new Error('the call was expected to be refused');
}

const equals = (key, value) => ({ key, operator: 'stringEquals', value });

/// A v2 authorization as the SDK's createV2Policy takes it.
export function authorization(source, target, { roles = [READER], resource = [], subject = [], ...rest } = {}) {
  return {
    type: 'authorization',
    control: { grant: { roles: roles.map((role_id) => ({ role_id })) } },
    subject: { attributes: [equals('serviceName', source), equals('accountId', ACCOUNT), ...subject] },
    resource: { attributes: [equals('serviceName', target), equals('accountId', ACCOUNT), ...resource] },
    ...rest,
  };
}

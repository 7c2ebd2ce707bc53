// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import * as support from './support.mjs';

const { ACCOUNT, DELEGATOR, EDITOR, READER, VIEWER, authorization, refusal } = support;
let sandbox;
let iam;

before(async () => {
  sandbox = await support.startSandbox();
});
after(async () => {
  assert.equal(await sandbox.stop(), 0, 'SIGTERM is a clean end');
});
beforeEach(async () => {
  await sandbox.admin('reset', {});
  iam = sandbox.client();
});

const v1Access = (account = ACCOUNT) => ({
  type: 'access',
  subjects: [{ attributes: [{ name: 'iam_id', value: 'IBMid-SDK' }] }],
  roles: [{ role_id: VIEWER }],
  resources: [
    {
      attributes: [
        { name: 'accountId', value: account, operator: 'stringEquals' },
        { name: 'serviceType', value: 'service', operator: 'stringEquals' },
      ],
      tags: [{ name: 'project', value: 'prototype', operator: 'stringEquals' }],
    },
  ],
});

test('a wrong API key is refused by the token endpoint', async () => {
  const refused = await refusal(sandbox.client('wrong').listV2Policies({ accountId: ACCOUNT }));
  assert.equal(refused.status, 400);
  assert.match(refused.message, /invalid credentials/, 'what the SDK makes of the 400 BXNIM0415E');
});

test('v1 access policy: create, get, replace, patch, list, delete', async () => {
  const sent = v1Access();
  const created = await iam.createPolicy(sent);
  assert.equal(created.status, 201);
  assert.deepEqual(created.result.subjects, sent.subjects);
  assert.deepEqual(created.result.resources, sent.resources);
  assert.equal(created.result.roles[0].display_name, 'Viewer');
  const policyId = created.result.id;

  const got = await iam.getPolicy({ policyId });
  const replaced = await iam.replacePolicy({ ...sent, policyId, ifMatch: got.headers.etag, roles: [{ role_id: EDITOR }] });
  assert.equal(replaced.status, 200);
  assert.equal(replaced.result.roles[0].role_id, EDITOR);
  assert.notEqual(replaced.headers.etag, got.headers.etag);

  const patched = await iam.updatePolicyState({ policyId, ifMatch: replaced.headers.etag, state: 'active' });
  assert.equal(patched.result.state, 'active');
  const listed = await iam.listPolicies({ accountId: ACCOUNT, iamId: 'IBMid-SDK' });
  assert.deepEqual(listed.result.policies.map((each) => each.id), [policyId]);
  assert.equal((await iam.deletePolicy({ policyId })).status, 204);
});

test('v2 access policy with a time rule echoes what was sent', async () => {
  const sent = {
    type: 'access',
    subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals', value: 'IBMid-SDK' }] },
    control: { grant: { roles: [{ role_id: VIEWER }] } },
    resource: {
      attributes: [
        { key: 'accountId', operator: 'stringEquals', value: ACCOUNT },
        { key: 'serviceType', operator: 'stringEquals', value: 'service' },
      ],
    },
    rule: {
      operator: 'and',
      conditions: [{ key: '{{environment.attributes.day_of_week}}', operator: 'dayOfWeekAnyOf', value: ['1+00:00'] }],
    },
    pattern: 'time-based-conditions:weekly:custom-hours',
  };

  const { status, result } = await iam.createV2Policy(sent);

  assert.equal(status, 201);
  for (const part of ['subject', 'control', 'resource', 'rule', 'pattern']) assert.deepEqual(result[part], sent[part]);
});

test('a v2 authorization keeps the order of its attributes and shows only role ids', async () => {
  const resource = [{ key: 'serviceInstance', operator: 'stringEquals', value: '0b5a3f2e-1111-4222-8333-444455556666' }];
  const sent = authorization('server-protect', 'kms', { roles: [DELEGATOR, READER], resource });

  const { result, headers } = await iam.createV2Policy(sent);

  assert.deepEqual(result.resource, sent.resource);
  assert.deepEqual(result.subject, sent.subject);
  assert.deepEqual(result.control, sent.control);
  assert.match(headers.etag, /^1-[0-9a-f]{32}$/);
  const display = await iam.getV2Policy({ id: result.id, format: 'display' });
  assert.equal(display.result.control.grant.roles[0].display_name, 'Authorization Delegator');
});

test('a duplicate is refused with the policy in its way, whichever version made it', async () => {
  const refused = await refusal(iam.createV2Policy(authorization('server-protect', 'hs-crypto', { roles: [DELEGATOR] })));

  assert.equal(refused.status, 409);
  const [error] = refused.body.errors;
  assert.equal(error.code, 'policy_conflict_error');
  const { etag, policy } = error.details.conflicts_with;
  const standing = await iam.getV2Policy({ id: policy.id });
  assert.equal(standing.headers.etag, etag);
  assert.deepEqual(standing.result.control, policy.control);
  assert.ok(error.message.includes(policy.id));
  assert.deepEqual(Object.keys(refused.body), ['trace', 'errors', 'status_code']);
});

test('a replace needs the current ETag and changes it', async () => {
  const sent = authorization('schematics', 'kms');
  const { result, headers } = await iam.createV2Policy(sent);
  const changed = await iam.replaceV2Policy({ ...sent, id: result.id, ifMatch: headers.etag, description: 'new' });
  assert.match(changed.headers.etag, /^2-/);

  const stale = await refusal(iam.replaceV2Policy({ ...sent, id: result.id, ifMatch: headers.etag }));

  assert.equal(stale.status, 409);
  assert.equal((await iam.getV2Policy({ id: result.id })).result.description, 'new');
});

test('a deleted policy can be read, is listed only when asked for, and is restored with its id', async () => {
  const { result } = await iam.createV2Policy(authorization('schematics', 'kms'));
  const policyId = result.id;
  assert.equal((await iam.deleteV2Policy({ id: policyId })).status, 204);

  const gone = await iam.getPolicy({ policyId });
  assert.equal(gone.result.state, 'deleted');
  const ids = async (more) => (await iam.listV2Policies({ accountId: ACCOUNT, ...more })).result.policies.map((each) => each.id);
  assert.ok(!(await ids()).includes(policyId));
  assert.deepEqual(await ids({ state: 'deleted' }), [policyId]);
  const restored = await iam.updatePolicyState({ policyId, ifMatch: gone.headers.etag, state: 'active' });

  assert.equal(restored.result.id, policyId);
  assert.ok((await ids()).includes(policyId));
});

test('the pagers of both versions see every policy once', async () => {
  const all = (await iam.listV2Policies({ accountId: ACCOUNT })).result.policies.map((each) => each.id);

  const v2 = await new support.V2PoliciesPager(iam, { accountId: ACCOUNT, limit: 2 }).getAll();
  const v1 = await new support.PoliciesPager(iam, { accountId: ACCOUNT, limit: 3 }).getAll();

  assert.deepEqual(v2.map((each) => each.id), all);
  assert.deepEqual(v1.map((each) => each.id), all);
});

test('a list is filtered and sorted', async () => {
  const list = async (more) => (await iam.listV2Policies({ accountId: ACCOUNT, ...more })).result.policies;

  const byId = (await list({ sort: '-id' })).map((each) => each.id);

  assert.deepEqual(byId, [...byId].sort().reverse());
  assert.ok((await list({ type: 'access' })).every((each) => each.type === 'access'));
  assert.equal((await list({ serviceName: 'hs-crypto' })).length, 1);
  assert.ok((await list({ format: 'include_last_permit' })).some((each) => each.last_permit_at));
  assert.deepEqual((await iam.listV2Policies({ accountId: support.OTHER_ACCOUNT })).result.policies, []);
});

test('v1 shows a placeholder for what it cannot represent', async () => {
  const { result } = await iam.listPolicies({ accountId: ACCOUNT, type: 'authorization' });

  const placeholders = result.policies.filter((each) => each.href.includes('v2/policies/d4c3b2a1'));

  assert.equal(placeholders.length, 1);
  assert.equal(placeholders[0].roles[0].display_name, 'Unsupported Version');
  assert.equal(placeholders[0].subjects[0].attributes[0].value, 'unsupported version');
});

test('an unknown id is 404 in the documented words', async () => {
  const id = '00000000-0000-4000-8000-000000000000';

  const refused = await refusal(iam.getV2Policy({ id }));

  assert.equal(refused.status, 404);
  assert.equal(refused.body.errors[0].message, `Policy with Id ${id} not found.`);
});

test('a token that was revoked is 401, and the SDK shows the message', async () => {
  await iam.listV2Policies({ accountId: ACCOUNT });
  await fetch(`${sandbox.url}/sandbox/v1/tokens`, { method: 'DELETE' });

  const refused = await refusal(iam.listV2Policies({ accountId: ACCOUNT }));

  assert.equal(refused.status, 401);
  assert.equal(refused.body.errors[0].message, 'The provided IAM token is invalid.');
});

test("the SDK's own retry gets over a 429", async () => {
  await sandbox.admin('faults', { method: 'GET', path: '/v2/policies', status: 429, headers: { 'Retry-After': '1' } });
  iam.enableRetries({ maxRetries: 2 });

  const { status } = await iam.listV2Policies({ accountId: ACCOUNT });

  assert.equal(status, 200);
});

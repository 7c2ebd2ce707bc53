// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as support from './support.mjs';

const { ACCOUNT, READER, refusal } = support;
let sandbox;
let iam;

before(async () => {
  sandbox = await support.startSandbox('--seed-random', '7');
  iam = sandbox.client();
});
after(() => sandbox.stop());

const pair = (sourceServiceName, serviceName) => ({
  accountId: ACCOUNT,
  sourceServiceName,
  serviceName,
  policyType: 'authorization',
});

test('the roles of a pair of services', async () => {
  const { result } = await iam.listRoles(pair('server-protect', 'kms'));

  assert.deepEqual(result.service_roles.map((each) => each.crn), [READER]);
  assert.deepEqual(result.system_roles.map((each) => each.display_name), ['Authorization Delegator']);
  assert.deepEqual(result.custom_roles, []);
});

test('a pair that IAM does not support has no roles', async () => {
  const { status, result } = await iam.listRoles(pair('kms', 'event-notification'));

  assert.equal(status, 200);
  assert.deepEqual(result, { custom_roles: [], service_roles: [], system_roles: [] });
});

test('without a pair, a service has the platform roles and its own', async () => {
  const { result } = await iam.listRoles({ accountId: ACCOUNT, serviceName: 'secrets-manager' });

  assert.deepEqual(result.system_roles.map((each) => each.display_name).sort(), ['Administrator', 'Editor', 'Operator', 'Viewer']);
  assert.ok(result.service_roles.some((each) => each.display_name === 'SecretsReader'));
});

test('a group of services has the platform roles and those of its services', async () => {
  const { result } = await iam.listRoles({ accountId: ACCOUNT, serviceGroupId: 'IAM' });

  assert.ok(result.system_roles.some((each) => each.display_name === 'Viewer'));
  assert.ok(result.service_roles.some((each) => each.crn === 'crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator'));
  assert.equal((await refusal(iam.listRoles({ accountId: ACCOUNT, serviceGroupId: 'IAM', serviceName: 'kms' }))).status, 400);
});

test('custom roles: create, get, replace, list, delete', async () => {
  const actions = ['iam-groups.groups.read'];
  const sent = { name: 'TestNodeRole', accountId: ACCOUNT, serviceName: 'iam-groups', displayName: 'SDK role', description: 'a role', actions };
  const created = await iam.createRole(sent);
  assert.equal(created.status, 201);
  assert.equal(created.result.crn, `crn:v1:ibmcloud:public:iam-access-management::a/${ACCOUNT}::customRole:TestNodeRole`);
  const roleId = created.result.id;
  assert.equal((await refusal(iam.createRole(sent))).body.errors[0].code, 'role_conflict_error');

  const got = await iam.getRole({ roleId });
  const replaced = await iam.replaceRole({ roleId, ifMatch: got.headers.etag, displayName: 'renamed', actions });
  assert.equal(replaced.result.display_name, 'renamed');
  assert.equal((await refusal(iam.replaceRole({ roleId, ifMatch: got.headers.etag, displayName: 'x', actions }))).status, 409);
  const listed = await iam.listRoles({ accountId: ACCOUNT, serviceName: 'iam-groups' });
  assert.deepEqual(listed.result.custom_roles.map((each) => each.id), [roleId]);
  assert.equal((await iam.deleteRole({ roleId })).status, 204);
  assert.equal((await refusal(iam.getRole({ roleId }))).body.errors[0].code, 'role_not_found');
});

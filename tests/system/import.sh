#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# From Terraform's state to authzd: policies of IBM's provider are imported, adopted by id and left
# exactly as they were. usage: import.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" import "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  ! grep -q s3cret-0f-another out err || fail "authzd $*: shows a secret of another resource"
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}

start_sandbox
export IBMCLOUD_IAM_API_ENDPOINT=$iam IBMCLOUD_API_KEY=demo-api-key
python3 "$source_tree/tests/system/terraform_provider.py" "$iam" "$account" terraform.tfstate
# bodies FILE: of the state's policies, everything that Terraform compares, in IAM's order.
bodies() {
  curl -sS "$iam/sandbox/v1/policies" | python3 -c 'import json, sys
state = json.load(open("terraform.tfstate"))
ids = [each["attributes"]["id"] for resource in state["resources"] for each in resource["instances"]]
have = {each["id"]: each for each in json.load(sys.stdin)["policies"] if each["state"] == "active"}
for each in ids:
    if each in have:
        print(json.dumps([each] + [have[each][part] for part in ("subject", "resource", "control")]))' >"$1"
}
bodies before
[[ $(wc -l <before) -eq 6 ]] || fail "the provider did not make its six policies"

# The import, by groups, and once more: existing files with the same content are left alone.
for _ in 1 2; do
  expect 0 import tfstate terraform.tfstate --to production --owner demo
  says out "6 authorizations of Terraform's state are now manifests in production (6 files), for account $account."
done
says out "module.logs.ibm_iam_authorization_policy.cos_policy: data_storage.*.skip_cos_auth_policy"
says out "terraform state rm 'module.logs[0].ibm_iam_authorization_policy.cos_policy[\"a b\"]'"
says production/removed.tf "  from = ibm_iam_authorization_policy.counted"
says production/event-notifications.yaml "  name: notices"
expect 0 validate production
expect 0 import tfstate terraform.tfstate
cp out one.yaml
expect 0 validate one.yaml

# Existing files with other content are not overwritten, and no other file is written then.
rm production/logs.yaml && echo mine >production/is.yaml
expect 4 import tfstate terraform.tfstate --to production
says err "production/is.yaml"
[[ ! -e production/logs.yaml && $(<production/is.yaml) == mine ]] || fail "it wrote in spite of its refusal"
rm -r production
expect 0 import tfstate terraform.tfstate --to production --group-by label --owner demo

# The next commands are those that it printed.
command=$(sed -n 's/^  authzd plan //p' out)
read -ra words <<<"$command"
expect 0 plan "${words[@]}" --output json
python3 -c 'import json
actions = json.load(open("out"))["actions"]
assert [each["reason"] for each in actions] == ["Adopted"] * 6, actions
assert not any(each["holds"] for each in actions), actions' || fail "the plan is not six adoptions"
expect 0 apply "${words[@]}" --yes
bodies after
cmp before after || fail "the policies are not as Terraform knows them: $(diff before after)"
expect 0 plan "${words[@]}" --detailed-exitcode

# After the adoption, a state that Terraform refreshed yields no manifests, but what to forget.
python3 - "$iam" <<'PYTHON'
import json, sys, urllib.request
policies = json.load(urllib.request.urlopen(sys.argv[1] + "/sandbox/v1/policies"))["policies"]
texts = {each["id"]: each.get("description") for each in policies}
state = json.load(open("terraform.tfstate"))
for resource in state["resources"]:
    for instance in resource["instances"]:
        if instance["attributes"]["id"] in texts:
            instance["attributes"]["description"] = texts[instance["attributes"]["id"]]
json.dump(state, open("refreshed.tfstate", "w"))
PYTHON
expect 0 import tfstate refreshed.tfstate --to forget
says out "Managed by authzd already"
[[ $(echo forget/*) == forget/removed.tf ]] || fail "a manifest was written for what authzd has already"

# Nothing is written if it is unclear who owns what, or if the file is not a state.
python3 - <<'PYTHON'
import json
state = json.load(open("terraform.tfstate"))
state["resources"].append(dict(state["resources"][1], name="twin"))
json.dump(state, open("twice.tfstate", "w"))
PYTHON
expect 4 import tfstate twice.tfstate --to never
says err "ibm_iam_authorization_policy.twin: its policy"
[[ ! -e never ]] || fail "it wrote in spite of its refusal"
expect 4 import tfstate one.yaml --to never
expect 64 import tfstate
expect 64 import something

# The CLI's list, and one policy of it.
curl -sS -X POST "$iam/identity/token" -d grant_type=urn:ibm:params:oauth:grant-type:apikey -d apikey=demo-api-key >token
token=$(python3 -c 'import json; print(json.load(open("token"))["access_token"])')
curl -sS -H "Authorization: Bearer $token" "$iam/v1/policies?account_id=$account&type=authorization" >page.json
python3 -c 'import json; all = json.load(open("page.json"))["policies"]
json.dump(all, open("list.json", "w")); json.dump(all[0], open("one.json", "w"))'
for file in page.json list.json one.json; do
  expect 0 import cli "$file" --owner demo
  cp out "${file%.json}.yaml"
  expect 0 validate "${file%.json}.yaml"
done
authzd import cli - --owner demo <list.json >piped.yaml 2>err || fail "a list from a pipe"
cmp list.yaml piped.yaml || fail "a list from a pipe gives other manifests"

# Hyper Protect's grants and their twins.
mkdir keys
cat >keys/block.yaml <<'TEXT'
apiVersion: authzd/v1
kind: Authorization
metadata: {name: block}
spec:
  source: {service: server-protect}
  target: {service: hs-crypto}
  roles: [Reader]
TEXT
expect 0 import pair --from hs-crypto --to kms:51042d7f-f0df-4915-bd39-6a49957c9175 --manifests keys
says err "expiresAt:"
cp out twins.yaml
expect 0 validate twins.yaml
says twins.yaml "instance: \"51042d7f-f0df-4915-bd39-6a49957c9175\""
expect 64 import pair --from kms --to kms:51042d7f-f0df-4915-bd39-6a49957c9175 --manifests keys
expect 64 import pair --from hs-crypto --to kms --manifests keys
# If Terraform is installed, it checks the addresses, the blocks and its own output.
if ! command -v terraform >/dev/null; then
  echo "import: all of it held, but for what Terraform itself would say: no terraform here"
  exit 0
fi
unset TF_CLI_CONFIG_FILE
export CHECKPOINT_DISABLE=1
mkdir -p root/called
cat >root/called/main.tf <<'TEXT'
resource "terraform_data" "cos_policy" {
  for_each = toset(["it's", "b$${c}"])
}
TEXT
cat >root/module.tf <<'TEXT'
module "logs" {
  source   = "./called"
  for_each = toset(["eu de", "us\"x$"])
}
TEXT
cat >root/main.tf <<'TEXT'
resource "terraform_data" "keys" {}
resource "terraform_data" "many" {
  count = 2
}
TEXT
cd root
{ terraform init -no-color && terraform apply -auto-approve -no-color; } >../terraform.log 2>&1 || fail "terraform apply"
terraform state list | sed 's/terraform_data/ibm_iam_authorization_policy/' | sort >../listed
python3 "$source_tree/tests/system/terraform_resources.py" terraform.tfstate >../made.tfstate
cd ..
expect 0 import tfstate made.tfstate --to taken
cat taken/*.yaml | sed -n 's/^# Policy [^,]*, //p' | sort >named
cmp listed named || fail "other addresses than Terraform's: $(diff listed named)"
sed -i 's/ibm_iam_authorization_policy/terraform_data/' taken/removed.tf
cp taken/removed.tf root/
rm root/main.tf root/module.tf
(cd root && terraform plan -no-color >../out 2>&1) || fail "Terraform does not take removed.tf"
[[ $(grep -c 'will no longer be managed by Terraform, but will not be destroyed' out) -eq 7 ]] ||
  fail "not all seven are forgotten"
says out "0 to add, 0 to change, 0 to destroy"

# The example of the guide: the output of yamlencode is a manifest.
sed -n '/content = yamlencode({/,/^  })/p' "$source_tree/daemon/docs/from-terraform.md" |
  sed -e 's/ibm_resource_instance.cos.guid/"e5d4c3b2-a190-4807-9f6e-5d4c3b2a1908"/' \
    -e 's/ibm_resource_instance.keys.guid/"51042d7f-f0df-4915-bd39-6a49957c9175"/' \
    -e '1s/content = yamlencode/output "text" { value = yamlencode/' -e '$s/$/ }/' >root/removed.tf
(cd root && rm -f terraform.tfstate && terraform apply -auto-approve -no-color && terraform output -raw text >../written.yaml) \
  >terraform.log 2>&1 || fail "the guide's example"
expect 0 validate written.yaml
says out "1 authorization, 1 policy"
echo "import: all of it held"

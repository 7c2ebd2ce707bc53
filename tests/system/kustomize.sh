#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# A real Kustomize builds a base and an overlay, and authzd accepts its output. Needs Go, which
# builds Kustomize; without it the test is skipped. usage: kustomize.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" kustomize "$@"

module=sigs.k8s.io/kustomize/kustomize/v5@v5.5.0
skip() {
  echo "kustomize: skipped: $*" >&2
  exit 77
}
command -v go >/dev/null || skip "there is no go to build $module with"
GOFLAGS=-mod=mod GOBIN=$work/bin go install "$module" >go.log 2>&1 || {
  tail -n 5 go.log >&2
  skip "go could not build $module"
}

mkdir -p base overlays/prod rendered
cat >base/disks.yaml <<'TEXT'
apiVersion: authzd/v1
kind: Authorization
metadata:
  name: block-storage
spec:
  source: {service: server-protect}
  targets:
    - service: kms
  roles: [Reader]
TEXT
cat >base/kustomization.yaml <<'TEXT'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [disks.yaml, more.yaml]
TEXT
cat >base/more.yaml <<'TEXT'
apiVersion: v1
kind: List
items:
  - apiVersion: authzd/v1
    kind: Authorization
    metadata: {name: buckets}
    spec:
      source: {service: cloud-object-storage}
      target: {service: kms}
      roles: [Reader]
TEXT
cat >overlays/prod/kustomization.yaml <<'TEXT'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
namePrefix: prod-
namespace: production
commonAnnotations: {team: storage}
labels: [{pairs: {env: prod}}]
buildMetadata: [originAnnotations, managedByLabel]
patches:
  - target: {kind: Authorization, name: block-storage}
    patch: |
      - op: add
        path: /spec/targets/-
        value: {service: hs-crypto, region: eu-de}
  - patch: |
      apiVersion: authzd/v1
      kind: Authorization
      metadata: {name: buckets}
      spec: {protect: true}
TEXT

bin/kustomize build overlays/prod >rendered/prod.yaml 2>kustomize.log || fail "it does not build"
says rendered/prod.yaml "namespace: production"
says rendered/prod.yaml "config.kubernetes.io/origin"
authzd validate rendered >out 2>err || fail "what Kustomize wrote is not valid"
says out "Valid: 1 file, 2 authorizations, 3 policies."
authzd validate - <rendered/prod.yaml >out 2>err || fail "nor is it from a pipe"

# Its inputs may be in the same folder.
authzd validate . >out 2>err && fail "a Kustomization is taken for a manifest"
says err "list its file in .authzdignore"
printf '/base/\n/overlays/\n' >.authzdignore
authzd validate . >out 2>err || fail "what is ignored is checked"
says out "Valid: 1 file, 2 authorizations, 3 policies, 4 files ignored by .authzdignore."

start_sandbox
IBMCLOUD_API_KEY=demo-api-key IBMCLOUD_IAM_API_ENDPOINT=$iam \
  authzd plan --manifests . --account "$account" --owner demo >out 2>err || fail "no plan"
says out "prod-block-storage"
says out "Plan: 3 to create"

# What the repository to start from has rendered is what its sources render to, and a change is found.
cp -r "$source_tree/manifests/template" "$work/template"
export PATH=$work/bin:$PATH
template/ci/render --check >out 2>err || fail "manifests/template is not rendered: run its ci/render"
sed -i 's/eu-de/eu-gb/' template/manifests/kustomize/overlays/prod/kustomization.yaml
code=0
template/ci/validate >out 2>err || code=$?
[[ $code -eq 1 ]] || fail "rendered.yaml is out of date, and ci/validate ends with $code"
says err "manifests/prod/rendered.yaml is not what manifests/kustomize/overlays/prod/ renders to"
template/ci/render
template/ci/validate >out 2>err || fail "what ci/render wrote is not valid"
grep -q 'region: eu-gb' template/manifests/prod/rendered.yaml || fail "ci/render did not render"

#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The configuration that the package installs: refused only because no account is named, with the
# position; and valid as soon as its own example is enabled there.
# usage: check_default_configuration.sh AUTHZD CONFIGURATION
set -euo pipefail
authzd=$1 default=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*" >&2; cat "$work/said" >&2; exit 1; }

code=0
"$authzd" run --config "$default" 2>"$work/said" || code=$?
[[ $code -eq 4 ]] || fail "exit code $code, expected 4"
line=$(grep -n '^accounts:' "$default" | cut -d: -f1)
grep -q "authzd.yaml:$line:.*accounts is empty" "$work/said" || fail "it does not say where to go on"
[[ $(grep -cE ': (error|warning): ' "$work/said") -eq 1 ]] || fail "there is more wrong than the accounts"

sed -e 's/^accounts: \[\]$/accounts:/' -e '/^accounts:$/,/authzd_production"}$/s/^#//' \
  -e 's/^#interval/interval/' "$default" >"$work/authzd.yaml"
CREDENTIALS_DIRECTORY=/run/credentials/authzd.service "$authzd" validate "$work/authzd.yaml" \
  >"$work/said" 2>&1 || fail "the example is not valid"
grep -q 'configures 1 account' "$work/said" || fail "the example is no account"
! grep -q 'warning' "$work/said" || fail "the example is valid, but not acted on"

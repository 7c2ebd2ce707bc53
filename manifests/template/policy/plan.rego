# Rules for a plan, checked by conftest; ci/plan runs it where it is installed. By hand:
#   conftest test --policy policy plan/plan.json
# An assertion (manifests/common/rules.yaml) is the better place for a rule about grants: it also
# holds in the daemon. This is for rules about the change itself.
package main

import rego.v1

# A plan of one account is an object of its own; a plan of several has a list.
plans := input.accounts if is_array(input.accounts)

plans := [input] if not input.accounts

removals(plan) := [action | some action in plan.actions; action.verb == "delete"]

deny contains message if {
	some plan in plans
	count(removals(plan)) > 5
	message := sprintf("%s: %d deletes in one change; split it", [plan.account.name, count(removals(plan))])
}

deny contains message if {
	some plan in plans
	some action in plan.actions
	action.verb == "create"
	some role in action.after.roles
	regex.match(`:(Administrator|Manager)$`, role)
	message := sprintf("%s: %s grants %s", [plan.account.name, action.name, role])
}

warn contains message if {
	some plan in plans
	plan.counts.held > 0
	message := sprintf("%s: a rail holds %d actions; the plan says why", [plan.account.name, plan.counts.held])
}

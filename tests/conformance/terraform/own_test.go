// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the provider has no acceptance test for: a policy that is changed in place, and
// ibm_iam_authorization_policy_detach. Compiled as tests of the provider's package.
package iampolicy_test

import (
	"fmt"
	"regexp"
	"testing"

	acc "github.com/IBM-Cloud/terraform-provider-ibm/ibm/acctest"
	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/conns"

	"github.com/IBM/platform-services-go-sdk/iampolicymanagementv1"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/resource"
	"github.com/hashicorp/terraform-plugin-sdk/v2/terraform"
)

// From daemon/sandbox/seed/demo.json: a policy that Terraform did not make.
const standingPolicy = "3f1c2b54-7a80-4a6e-8f57-2d6f0a9b1c02"

func TestAccAuthorizationPolicyChangedInPlace(t *testing.T) {
	const name = "ibm_iam_authorization_policy.policy"
	var made string
	resource.Test(t, resource.TestCase{
		PreCheck:     func() { acc.TestAccPreCheck(t) },
		Providers:    acc.TestAccProviders,
		CheckDestroy: testAccCheckIBMIAMAuthorizationPolicyDestroy,
		Steps: []resource.TestStep{
			{
				Config: redisConfig("one", `"Reader"`),
				Check: func(state *terraform.State) error {
					made = state.RootModule().Resources[name].Primary.ID
					return nil
				},
			},
			{
				Config: redisConfig("another", `"Reader", "Authorization Delegator"`),
				Check: resource.ComposeAggregateTestCheckFunc(
					resource.TestCheckResourceAttrPtr(name, "id", &made),
					resource.TestCheckResourceAttr(name, "description", "another"),
					resource.TestCheckResourceAttr(name, "roles.#", "2"),
				),
			},
		},
	})
}

func redisConfig(description, roles string) string {
	return fmt.Sprintf(`resource "ibm_iam_authorization_policy" "policy" {
		source_service_name = "databases-for-redis"
		target_service_name = "kms"
		description         = "%s"
		roles               = [%s]
	}`, description, roles)
}

func TestAccAuthorizationPolicyDetach(t *testing.T) {
	resource.Test(t, resource.TestCase{
		PreCheck:  func() { acc.TestAccPreCheck(t) },
		Providers: acc.TestAccProviders,
		Steps: []resource.TestStep{
			{
				Config:      detachConfig("00000000-0000-4000-8000-000000000000"),
				ExpectError: regexp.MustCompile("Error detaching authorization policy"),
			},
			{
				PreConfig: func() { requireState(t, standingPolicy, "active") },
				Config:    detachConfig(standingPolicy),
				Check: func(*terraform.State) error {
					return stateIs(standingPolicy, "deleted")
				},
			},
		},
	})
}

func requireState(t *testing.T, id, state string) {
	if err := stateIs(id, state); err != nil {
		t.Fatal(err)
	}
}

func stateIs(id, state string) error {
	client, err := acc.TestAccProvider.Meta().(conns.ClientSession).IAMPolicyManagementV1API()
	if err != nil {
		return err
	}
	policy, _, err := client.GetV2Policy(&iampolicymanagementv1.GetV2PolicyOptions{ID: &id})
	if err != nil {
		return err
	}
	if *policy.State != state {
		return fmt.Errorf("policy %s is %s, not %s", id, *policy.State, state)
	}
	return nil
}

func detachConfig(id string) string {
	return fmt.Sprintf(`resource "ibm_iam_authorization_policy_detach" "detach" { authorization_policy_id = "%s" }`, id)
}

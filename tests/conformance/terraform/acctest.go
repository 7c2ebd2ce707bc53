// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Package acctest takes the place of the provider's own package of this name: it registers the resources
// that the tests of authorizations use, where the provider's registers all, and so need not compile the
// seventy service packages. Clients, endpoints, resources and tests are the provider's.
package acctest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/conns"
	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/service/iampolicy"
	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/service/resourcecontroller"
	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/service/resourcemanager"
	"github.com/IBM-Cloud/terraform-provider-ibm/ibm/validate"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/terraform"
)

// The names that the tests ask for.
var (
	TestAccProvider             *schema.Provider
	TestAccProviders            map[string]*schema.Provider
	Tg_cross_network_account_id = os.Getenv("IBM_TG_CROSS_ACCOUNT_ID")
)

var configureOnce sync.Once

func init() {
	validate.SetValidatorDict(validate.ValidatorDict{
		ResourceValidatorDictionary: map[string]*validate.ResourceValidator{
			"ibm_iam_authorization_policy": iampolicy.ResourceIBMIAMAuthorizationPolicyValidator(),
			"ibm_resource_instance":        resourcecontroller.ResourceIBMResourceInstanceValidator(),
		},
	})
	TestAccProvider = &schema.Provider{
		ResourcesMap: map[string]*schema.Resource{
			"ibm_iam_authorization_policy":        iampolicy.ResourceIBMIAMAuthorizationPolicy(),
			"ibm_iam_authorization_policy_detach": iampolicy.ResourceIBMIAMAuthorizationPolicyDetach(),
			"ibm_resource_group":                  resourcemanager.ResourceIBMResourceGroup(),
			"ibm_resource_instance":               resourcecontroller.ResourceIBMResourceInstance(),
		},
		DataSourcesMap: map[string]*schema.Resource{
			"ibm_iam_authorization_policies": iampolicy.DataSourceIBMIAMAuthorizationPolicies(),
		},
		ConfigureFunc: configure,
	}
	TestAccProviders = map[string]*schema.Provider{"ibm": TestAccProvider}
}

// The provider's defaults, and its clients, which read the endpoints from the environment.
func configure(*schema.ResourceData) (interface{}, error) {
	config := conns.Config{
		BluemixAPIKey:  os.Getenv("IC_API_KEY"),
		Region:         "us-south",
		Visibility:     "public",
		BluemixTimeout: 60 * time.Second,
		RetryCount:     10,
		RetryDelay:     conns.RetryAPIDelay,
	}
	return config.ClientSession()
}

// TestAccPreCheck configures the provider that the tests' own checks read policies by.
func TestAccPreCheck(t *testing.T) {
	configureOnce.Do(func() {
		diags := TestAccProvider.Configure(context.Background(), terraform.NewResourceConfigRaw(nil))
		if diags.HasError() {
			t.Fatalf("configuring the provider: %s", diags[0].Summary)
		}
	})
}

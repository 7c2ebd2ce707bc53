// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Package conformance pins IBM's Go SDK, whose own integration suite ./run builds and runs.
package conformance

import _ "github.com/IBM/platform-services-go-sdk/iampolicymanagementv1"

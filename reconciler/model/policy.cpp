// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/policy.hpp"

namespace authzd {

Key key_of(const AccountId& account, const PolicyContent& content) {
  return {account, content.subject, content.resource};
}

}  // namespace authzd

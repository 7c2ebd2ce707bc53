// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/profile_finder.hpp"

#include "daemon/iam/json_reader.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <utility>

namespace authzd {

Result<std::vector<AssumableProfile>> decode_profiles(std::string_view body) {
  const auto json = parse_json(body);
  if (!json || !json->is_object()) {
    return Error{ErrorCode::bad_response, "IAM's list of profiles is not JSON that can be read"};
  }
  Fault fault;
  std::vector<AssumableProfile> profiles;
  const Json::array_t* array = read_array(*json, "profiles", fault);
  if (array == nullptr) fault.add("the member profiles is missing");
  for (const Json& one : array == nullptr ? Json::array_t() : *array) {
    AssumableProfile profile{require_text(one, "id", fault),
                             require_text(one, "name", fault),
                             AccountId(to_lower(require_text(one, "account_id", fault)))};
    if (!is_account_id(profile.account.value)) fault.add("an account_id is none");
    profiles.push_back(std::move(profile));
  }
  // No page of IBM's tells of pages; but fewer than it counts are not all.
  const auto count = whole_number(*json, "count");
  if (count && *count > static_cast<std::int64_t>(profiles.size())) {
    fault.add("it holds " + std::to_string(profiles.size()) + " profiles of " +
              std::to_string(*count));
  }
  if (fault.any()) return fault.error("IAM's list of profiles");
  return profiles;
}

Async<std::vector<AssumableProfile>> find_profiles(std::unique_ptr<TokenSource> tokens,
                                                   Wire wire,
                                                   std::string name) {
  auto token = co_await tokens->fetch();
  if (!token) co_return std::move(token).error();
  HttpRequest request{"POST", "/identity/profiles"};
  request.headers = {{"Accept", "application/json"},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "access_token=" + percent_encoded(token->text.reveal());
  auto reply = co_await wire.send(std::move(request), Purpose::token, std::move(token->text));
  if (!reply) co_return std::move(reply).error().context("asking IAM for the profiles to assume");
  auto profiles = decode_profiles(reply->response.body);
  if (!profiles) co_return with_reply(std::move(profiles).error(), *reply);
  std::erase_if(*profiles, [&name](const AssumableProfile& each) { return each.name != name; });
  std::ranges::sort(*profiles, {}, [](const AssumableProfile& each) { return each.account; });
  const auto twin = std::ranges::adjacent_find(*profiles, {}, &AssumableProfile::account);
  if (twin != profiles->end()) {
    co_return Error{
        ErrorCode::conflict,
        "account " + twin->account.value + " has two trusted profiles called " + quote(name)};
  }
  co_return std::move(*profiles);
}

}  // namespace authzd

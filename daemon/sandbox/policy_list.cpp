// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Lists: filters, order and pages (iam-api §2.2, §2.3).
#include "daemon/sandbox/policy_format.hpp"
#include "daemon/sandbox/world.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

namespace authzd::sandbox {
namespace {

using Params = std::map<std::string, std::string>;

constexpr std::string_view kSortNames[] = {"id",
                                           "type",
                                           "href",
                                           "created_at",
                                           "created_by_id",
                                           "last_modified_at",
                                           "last_modified_by_id",
                                           "state",
                                           "last_permit_at",
                                           "last_permit_frequency"};

bool attr_is(const std::vector<Attr>& attrs,
             const Params& query,
             const std::string& name,
             std::string_view attr) {
  const std::string wanted = param(query, name);
  return wanted.empty() || attr_text(attrs, attr) == wanted;
}

bool may_read(const World& world, const Call& call, const Policy& policy) {
  const auto& readable = call.caller.readable;
  if (world.switches.is(Switch::list_visibility, "account") || readable.empty()) return true;
  const std::string service = attr_text(policy.body.resource, "serviceName");
  return std::find(readable.begin(), readable.end(), service) != readable.end();
}

bool tag_is(const Policy& policy, const Params& query) {
  const std::string name = param(query, "tag_name");
  const std::string value = param(query, "tag_value");
  if (name.empty() && value.empty()) return true;
  return std::any_of(policy.body.tags.begin(), policy.body.tags.end(), [&](const Attr& tag) {
    return (name.empty() || tag.name == name) && (value.empty() || tag.value == Json(value));
  });
}

bool wanted(const World& world, const Call& call, const Policy& policy, ApiVersion version) {
  const Params& query = call.target.query;
  const std::string state = param(query, "state");
  if ((policy.deleted ? "deleted" : "active") != (state.empty() ? "active" : state)) return false;
  const std::string type = param(query, "type");
  if (!type.empty() && policy.body.type != type) return false;
  const bool v2 = version == ApiVersion::v2;
  const auto& resource = policy.body.resource;
  return attr_is(policy.body.subject, query, "iam_id", "iam_id") &&
         attr_is(policy.body.subject, query, "access_group_id", "access_group_id") &&
         attr_is(resource, query, "service_type", "serviceType") &&
         (!v2 || attr_is(resource, query, "service_name", "serviceName")) &&
         (!v2 || attr_is(resource, query, "service_group_id", "service_group_id")) &&
         (v2 || tag_is(policy, query)) && may_read(world, call, policy);
}

/// The results of a query, in its order. Only the policies of a page are rendered: a list of
/// thousands is read in many pages.
struct Found {
  std::vector<Policy> policies;
  std::function<Json(const Policy&)> show;

  [[nodiscard]] std::size_t size() const { return policies.size(); }
};

Outcome<void> sort_by(Found& found, std::string sort) {
  if (sort.empty()) return {};
  const bool down = sort.front() == '-';
  if (down) sort.erase(0, 1);
  if (std::find(std::begin(kSortNames), std::end(kSortNames), sort) == std::end(kSortNames)) {
    return refuse_body("The sort parameter is not supported.");
  }

  std::vector<std::pair<Json, Policy>> keyed;
  for (Policy& policy : found.policies) {
    Json key = found.show(policy).value(sort, Json());
    keyed.emplace_back(std::move(key), std::move(policy));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [down](const auto& a, const auto& b) {
    return down ? b.first < a.first : a.first < b.first;
  });
  found.policies.clear();
  for (auto& [key, policy] : keyed) found.policies.push_back(std::move(policy));
  return {};
}

// Page tokens name the last policy of the previous page, so that a page's start survives deletions.
constexpr std::string_view kToken = "after-";

constexpr std::string_view kPlace = "place-";

std::optional<std::size_t> begin_of(const Found& found, const std::string& start) {
  if (start.empty()) return 0;
  if (start.starts_with(kPlace)) {
    std::size_t place = 0;
    const char* end = start.data() + start.size();
    const auto [stop, error] = std::from_chars(start.data() + kPlace.size(), end, place);
    if (error != std::errc() || stop != end) return std::nullopt;
    return std::min(place, found.size());
  }
  if (!start.starts_with(kToken)) return std::nullopt;
  const std::string id = start.substr(kToken.size());
  if (id.empty()) return 0;
  const auto last = std::find_if(found.policies.begin(),
                                 found.policies.end(),
                                 [&](const Policy& each) { return each.id == id; });
  if (last == found.policies.end()) return std::nullopt;
  return static_cast<std::size_t>(last - found.policies.begin()) + 1;
}

Outcome<std::size_t> limit_of(const World& world, const Call& call) {
  const std::string text = param(call.target.query, "limit");
  int limit = world.switches.number(Switch::list_default_limit);
  if (!text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit < 1) {
      return refuse_body("The limit parameter is not valid.");
    }
  }
  const int most = world.switches.number(Switch::list_max_limit);
  const bool is_bounded = world.switches.is(Switch::list_limit, "bounded");
  if (!text.empty() && (world.switches.is(Switch::list_limit, "refused") ||
                        (is_bounded && most > 0 && limit > most))) {
    return refuse_body("The limit parameter is not valid.");
  }
  if (most > 0 && limit > most) limit = most;
  return static_cast<std::size_t>(limit);
}

Json link(const World& world, const Call& call, std::size_t limit, const std::string& start) {
  const std::string& target = call.request.target;
  std::string href = world.base_url + target.substr(0, target.find('?')) + "?";
  for (const auto& [name, value] : call.target.query) {
    if (name != "start" && name != "limit") href += name + "=" + percent_encoded(value) + "&";
  }
  href += "limit=" + std::to_string(limit);
  if (start.empty()) return {{"href", href}};
  return {{"href", href + "&start=" + start}, {"start", start}};
}

std::string token_at(const World& world, const Found& found, std::size_t begin) {
  if (world.switches.is(Switch::list_start, "offset")) {
    return std::string(kPlace) + std::to_string(begin);
  }
  const std::string id = begin == 0 ? "" : found.policies[begin - 1].id;
  return std::string(kToken) + id;
}

Outcome<Json> page_of(const World& world, Call& call, const Found& found) {
  const auto limit = limit_of(world, call);
  if (!limit) return tl::unexpected(limit.error());
  const auto begin = begin_of(found, param(call.target.query, "start"));
  if (!begin) return refuse_body("The start parameter is not valid.");

  const std::size_t left = found.size() - *begin;
  const std::size_t size = *limit == 0 ? left : std::min(*limit, left);
  const std::size_t end = *begin + size;
  call.takes = std::chrono::milliseconds(world.switches.number(Switch::ms_a_policy)) * size;
  Json page;
  if (*limit > 0) {
    page["limit"] = *limit;
    page["first"] = link(world, call, *limit, {});
    if (end < found.size()) {
      page["next"] =
          link(world, call, *limit, token_at(world, found, call.repeat_page ? *begin : end));
    }
    if (*begin > 0) {
      const std::size_t before = *begin - std::min(*begin, *limit);
      page["previous"] = link(world, call, *limit, token_at(world, found, before));
    }
  }
  page["policies"] = Json::array();
  for (std::size_t i = *begin; i < end; ++i) {
    page["policies"].push_back(found.show(found.policies[i]));
  }
  return page;
}

Outcome<void> check_query(const World& world, const Call& call) {
  const Params& query = call.target.query;
  if (param(query, "account_id").empty()) {
    return refuse(world.switches.number(Switch::missing_parameter),
                  "missing_required_query_parameter",
                  "The required query parameter account_id is missing.");
  }
  const auto one_of = [&](const std::string& name, std::initializer_list<std::string_view> values) {
    const std::string value = param(query, name);
    return value.empty() || std::find(values.begin(), values.end(), value) != values.end();
  };
  const std::string format = param(query, "format");
  const bool refused =
      format == "include_last_permit" && world.switches.is(Switch::include_last_permit, "refused");
  if (refused || !one_of("format", {"include_last_permit", "display"}) ||
      !one_of("type", {"access", "authorization"}) || !one_of("state", {"active", "deleted"}) ||
      !one_of("service_type", {"service", "platform_service"})) {
    return refuse_body("A query parameter has a value that is not supported.");
  }
  return {};
}

}  // namespace

Reply list_policies(World& world, Call& call, ApiVersion version) {
  if (auto done = check_query(world, call); !done) return tl::unexpected(done.error());

  const std::string format = param(call.target.query, "format");
  const ViewOptions options{version,
                            format == "display",
                            format == "include_last_permit",
                            world.base_url,
                            [&world](const std::string& crn) { return find_any_role(world, crn); }};
  Found found{{},
              [&](const Policy& policy) { return view_policy(policy, options, world.switches); }};
  // Another account's list is empty, not forbidden: a list has what the caller may read.
  const std::string account = param(call.target.query, "account_id");
  if (account == call.caller.account) {
    found.policies = world.store.read_all(account, call.now);
    std::erase_if(found.policies,
                  [&](const Policy& policy) { return !wanted(world, call, policy, version); });
  }
  if (auto done = sort_by(found, param(call.target.query, "sort")); !done) {
    return tl::unexpected(done.error());
  }
  auto page = page_of(world, call, found);
  if (!page) return tl::unexpected(std::move(page).error());
  return json_reply(200, *page);
}

}  // namespace authzd::sandbox

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/instance_codec.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kResources = "resources";
constexpr std::string_view kPath = "/resource_instances";

Error not_instances(std::string_view body) {
  return {ErrorCode::bad_response,
          "the reply " + describe_non_json(body) +
              "; check that iam.resourceControllerEndpoint is Resource Controller's and that no "
              "proxy answers in its place"};
}

enum CrnPart : std::size_t { service = 4, region = 5, scope = 6, instance = 7, count = 8 };

using CrnParts = std::array<std::string_view, CrnPart::count>;

/// The first parts of a CRN; empty if there are fewer.
std::optional<CrnParts> parts_of(std::string_view crn) {
  if (!is_crn(crn)) return std::nullopt;
  CrnParts parts;
  for (std::string_view& part : parts) {
    const auto colon = crn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = crn.substr(0, colon);
    crn.remove_prefix(colon + 1);
  }
  return parts;
}

/// An id is written into policies as it is shown: it must have nothing that IAM would take for a
/// pattern, or that a person could not see.
bool is_plain_id(std::string_view id) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return is_attribute_value(id) && is_instance_id(id) && is_letter_or_digit(id.front()) &&
         std::ranges::all_of(
             id, [&](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}

/// Sets what the CRN says; false if it is not of an instance in an account.
bool read_crn(std::string_view crn, Instance& out) {
  const auto parts = parts_of(crn);
  if (!parts) return false;
  std::string_view account = parts->at(CrnPart::scope);
  const std::string_view id = parts->at(CrnPart::instance);
  if (!account.starts_with("a/")) return false;
  account.remove_prefix(2);
  const bool fits =
      is_account_id(account) && is_plain_id(id) && is_service_name(parts->at(CrnPart::service));
  if (!fits) return false;
  out.service = parts->at(CrnPart::service);
  out.account = AccountId{to_lower(account)};
  out.id = is_guid(id) ? to_lower(id) : std::string(id);
  const std::string_view region = parts->at(CrnPart::region);
  if (is_attribute_value(region)) out.region = region;
  return true;
}

/// Such an instance no longer exists, though its name may still be shown.
bool is_gone(std::string_view state) {
  constexpr std::array<std::string_view, 3> kGone{"removed", "pending_reclamation", "deleted"};
  return std::ranges::find(kGone, state) != kGone.end();
}

/// Empty if no manifest could contain it: little is stored per instance.
std::string short_text(const Json& json, std::string_view member) {
  std::string text = text_or_empty(json, member);
  return is_attribute_value(text) ? text : std::string();
}

std::optional<Instance> read_instance(std::string_view element, Fault& fault) {
  const auto json = parse_json(element);
  if (!json || !json->is_object()) {
    fault.add("has an instance that is no JSON object");
    return std::nullopt;
  }
  Instance instance;
  instance.name = short_text(*json, "name");
  if (instance.name.empty()) return std::nullopt;
  if (!read_crn(text_or_empty(*json, "crn"), instance)) {
    std::ignore = read_crn(text_or_empty(*json, "id"), instance);
  }
  const std::string region = short_text(*json, "region_id");
  if (!region.empty()) instance.region = region;
  instance.resource_group = short_text(*json, "resource_group_id");
  instance.is_gone = is_gone(text_or_empty(*json, "state"));
  return instance;
}

/// The query of "/v2/resource_instances?start=…": its content is the server's business. Host and
/// path remain ours.
std::string next_query(const Json& page, Fault& fault) {
  const std::string url = read_text(page, "next_url", fault);
  if (url.empty()) return {};
  const auto mark = url.find('?');
  const std::string_view path = std::string_view(url).substr(0, mark);
  std::string query = mark == std::string::npos ? "" : url.substr(mark + 1);
  const bool is_query = std::ranges::all_of(
      query, [](char c) { return c > ' ' && c < '\x7f' && c != '#' && c != '"' && c != '\\'; });
  if (query.empty() || !is_query || !path.ends_with(kPath)) {
    fault.add("names a next page, but not where it is");
    return {};
  }
  return query;
}

/// `rows_count` is for this page: if a page lacked one of two instances with the same name, the
/// other one would look unique.
void check_count(const Json& page, std::size_t shown, Fault& fault) {
  const auto count = page.is_object() ? page.find("rows_count") : page.end();
  if (!page.is_object() || count == page.end() || !count->is_number_unsigned()) return;
  const auto rows = count->get<std::uint64_t>();
  if (rows <= shown) return;
  fault.add("says that it has " + std::to_string(rows) + " instances, and shows " +
            std::to_string(shown));
}

}  // namespace

Result<InstancePage> decode_instances(std::string_view body) {
  const auto split = split_array(body, kResources);
  const auto json = split ? parse_json(split->rest) : std::nullopt;
  if (!json) return not_instances(body);
  Fault fault;
  if (!json->is_object()) fault.add("is no JSON object");
  if (read_array(*json, kResources, fault) == nullptr) fault.add("has no list of resources");
  InstancePage page;
  page.next = next_query(*json, fault);
  check_count(*json, split->elements.size(), fault);
  for (const std::string_view element : split->elements) {
    if (fault.any()) break;
    auto instance = read_instance(element, fault);
    if (instance) page.instances.push_back(std::move(*instance));
  }
  if (fault.any()) return fault.error("the list of instances");
  return page;
}

}  // namespace authzd

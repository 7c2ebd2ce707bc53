// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/unknown_parts.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

namespace authzd {
namespace {

constexpr std::size_t kMost = 32;

/// The kind of an object in a reply.
enum class Place {
  anything,  // not examined
  page,
  link,
  policy,
  side,
  attribute,
  control,
  grant,
  policy_role,
  template_of,
  roles,
  role,
  failure,
  error,
  token,
};

struct Member {
  Place in;
  std::string_view name;
  Place is = Place::anything;
};

/// All members that authzd knows, from iam-api: §2.2 to §2.6, §4, §7. Objects in lists are listed
/// separately.
constexpr std::array kMembers{
    Member{Place::page, "limit"},
    Member{Place::page, "first", Place::link},
    Member{Place::page, "next", Place::link},
    Member{Place::page, "previous", Place::link},
    Member{Place::page, "total_count"},
    Member{Place::page, "policies", Place::policy},
    Member{Place::link, "href"},
    Member{Place::link, "start"},
    Member{Place::policy, "id"},
    Member{Place::policy, "type"},
    Member{Place::policy, "description"},
    Member{Place::policy, "subject", Place::side},
    Member{Place::policy, "resource", Place::side},
    Member{Place::policy, "subjects", Place::side},
    Member{Place::policy, "resources", Place::side},
    Member{Place::policy, "control", Place::control},
    Member{Place::policy, "roles", Place::policy_role},
    Member{Place::policy, "href"},
    Member{Place::policy, "state"},
    Member{Place::policy, "pattern"},
    Member{Place::policy, "rule"},
    Member{Place::policy, "created_at"},
    Member{Place::policy, "created_by_id"},
    Member{Place::policy, "last_modified_at"},
    Member{Place::policy, "last_modified_by_id"},
    Member{Place::policy, "last_permit_at"},
    Member{Place::policy, "last_permit_frequency"},
    Member{Place::policy, "template", Place::template_of},
    Member{Place::side, "attributes", Place::attribute},
    Member{Place::side, "tags", Place::attribute},
    Member{Place::attribute, "key"},
    Member{Place::attribute, "name"},
    Member{Place::attribute, "operator"},
    Member{Place::attribute, "value"},
    Member{Place::control, "grant", Place::grant},
    Member{Place::grant, "roles", Place::policy_role},
    Member{Place::policy_role, "role_id"},
    Member{Place::policy_role, "display_name"},
    Member{Place::policy_role, "description"},
    Member{Place::policy_role, "actions"},
    Member{Place::template_of, "id"},
    Member{Place::template_of, "version"},
    Member{Place::template_of, "assignment_id"},
    Member{Place::template_of, "root_id"},
    Member{Place::template_of, "root_version"},
    Member{Place::roles, "custom_roles", Place::role},
    Member{Place::roles, "service_roles", Place::role},
    Member{Place::roles, "system_roles", Place::role},
    Member{Place::role, "id"},
    Member{Place::role, "name"},
    Member{Place::role, "display_name"},
    Member{Place::role, "description"},
    Member{Place::role, "actions"},
    Member{Place::role, "crn"},
    Member{Place::role, "account_id"},
    Member{Place::role, "service_name"},
    Member{Place::role, "created_at"},
    Member{Place::role, "created_by_id"},
    Member{Place::role, "last_modified_at"},
    Member{Place::role, "last_modified_by_id"},
    Member{Place::role, "href"},
    Member{Place::failure, "trace"},
    Member{Place::failure, "errors", Place::error},
    Member{Place::failure, "status_code"},
    Member{Place::failure, "errorCode"},
    Member{Place::failure, "errorMessage"},
    Member{Place::failure, "errorDetails"},
    Member{Place::failure, "context"},
    Member{Place::error, "code"},
    Member{Place::error, "message"},
    Member{Place::error, "details"},
    Member{Place::error, "more_info"},
    Member{Place::error, "target"},
    Member{Place::token, "access_token"},
    Member{Place::token, "refresh_token"},
    Member{Place::token, "delegated_refresh_token"},
    Member{Place::token, "identity_token"},
    Member{Place::token, "ims_user_id"},
    Member{Place::token, "token_type"},
    Member{Place::token, "expires_in"},
    Member{Place::token, "expiration"},
    Member{Place::token, "created_at"},
    Member{Place::token, "expires_at"},
    Member{Place::token, "scope"},
};

struct Word {
  Place in;
  std::string_view member;
  std::string_view value;
};

/// The known values of members that are one of several words.
constexpr std::array kWords{
    Word{Place::attribute, "operator", "stringEquals"},
    Word{Place::attribute, "operator", "stringExists"},
    Word{Place::attribute, "operator", "stringMatch"},
    Word{Place::attribute, "operator", "stringEqualsAnyOf"},
    Word{Place::attribute, "operator", "stringMatchAnyOf"},
    Word{Place::policy, "state", "active"},
    Word{Place::policy, "state", "deleted"},
    Word{Place::policy, "type", "authorization"},
    Word{Place::policy, "type", "access"},
    Word{Place::error, "code", "insufficent_permissions"},
    Word{Place::error, "code", "invalid_body"},
    Word{Place::error, "code", "invalid_token"},
    Word{Place::error, "code", "missing_required_query_parameter"},
    Word{Place::error, "code", "not_found"},
    Word{Place::error, "code", "policy_conflict_error"},
    Word{Place::error, "code", "policy_not_found"},
    Word{Place::error, "code", "request_not_processed"},
    Word{Place::error, "code", "resource_not_found"},
    Word{Place::error, "code", "role_conflict_error"},
    Word{Place::error, "code", "role_not_found"},
    Word{Place::error, "code", "too_many_requests"},
    Word{Place::error, "code", "unable_to_process"},
    Word{Place::error, "code", "unsupported_content_type"},
    Word{Place::token, "token_type", "Bearer"},
};

class Search {
 public:
  void look(const TraceJson& json, Place place, const std::string& path) {
    if (place == Place::anything || found_.size() >= kMost) return;
    if (json.is_array()) {
      for (const TraceJson& each : json) look(each, place, path + "[]");
      return;
    }
    if (!json.is_object()) return;
    for (const auto& [name, value] : json.items()) {
      const std::string at = path.empty() ? name : path + "." + name;
      const auto* const known =
          std::ranges::find_if(kMembers, [&, &member = name](const Member& each) {
            return each.in == place && each.name == member;
          });
      if (known == kMembers.end()) {
        add(at + " (" + value.type_name() + ")");
        continue;
      }
      look_at_word(value, place, name, at);
      look(value, known->is, at);
    }
  }

  std::vector<std::string> found() && { return {found_.begin(), found_.end()}; }

 private:
  void look_at_word(const TraceJson& value,
                    Place place,
                    const std::string& name,
                    const std::string& at) {
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    bool is_word = false;
    for (const Word& each : kWords) {
      if (each.in != place || each.member != name) continue;
      if (each.value == text) return;
      is_word = true;
    }
    if (is_word) add(at + " " + text);
  }

  void add(std::string what) {
    if (found_.size() < kMost) found_.insert(std::move(what));
  }

  std::set<std::string> found_;
};

Place place_of(const TraceExchange& exchange, int status) {
  const std::string& path = exchange.path;
  if (status >= 400) return Place::failure;
  if (path.find("/identity/") != std::string::npos ||
      path.find("/instance_identity/") != std::string::npos) {
    return Place::token;
  }
  if (path.ends_with("/roles")) return Place::roles;
  if (path.find("/policies/") != std::string::npos) return Place::policy;
  if (!path.ends_with("/policies")) return Place::anything;
  return exchange.method == "GET" ? Place::page : Place::policy;
}

}  // namespace

std::vector<std::string> unknown_parts(const TraceExchange& exchange) {
  Search search;
  if (exchange.reply && exchange.reply->body.kind == TraceBody::Kind::json) {
    const Place place = place_of(exchange, exchange.reply->status);
    search.look(exchange.reply->body.json, place, {});
  }
  return std::move(search).found();
}

}  // namespace authzd

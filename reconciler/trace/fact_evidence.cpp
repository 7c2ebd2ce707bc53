// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/fact_evidence.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/base/unicode.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace authzd {
namespace {

/// The longest description in IBM's own modules (iam-api §12): shorter ones prove nothing.
constexpr std::size_t kLongestKnown = 216;

enum class Call { list, get, create, replace, remove, restore, roles, token, other };

Call call_of(const TraceExchange& exchange) {
  const std::string& path = exchange.path;
  const std::string& method = exchange.method;
  if (exchange.peer != TracePeer::iam) return Call::other;
  if (path.ends_with("/identity/token")) return Call::token;
  if (path.ends_with("/v2/roles")) return Call::roles;
  const bool is_all = path.ends_with("/policies");
  const bool is_one = path.find("/policies/") != std::string::npos;
  if (method == "GET" && is_all) return Call::list;
  if (method == "GET" && is_one) return Call::get;
  if (method == "POST" && is_all) return Call::create;
  if (method == "PUT" && is_one) return Call::replace;
  if (method == "DELETE" && is_one) return Call::remove;
  if (method == "PATCH" && is_one) return Call::restore;
  return Call::other;
}

std::optional<std::string> parameter(const TraceExchange& exchange, std::string_view name) {
  for (const auto& [each, value] : exchange.query) {
    if (each == name) return value;
  }
  return std::nullopt;
}

/// The code of the first error of a refusal; "none" if it has none.
std::string code_in(const TraceReply& reply) {
  std::string code = member_text(reply.body.json, "errorCode");
  const TraceJson* errors = member_of(reply.body.json, "errors");
  if (errors != nullptr && errors->is_array() && !errors->empty()) {
    code = member_text(errors->front(), "code");
  }
  return code.empty() ? "none" : code;
}

std::string message_in(const TraceReply& reply) {
  const TraceJson* errors = member_of(reply.body.json, "errors");
  if (errors == nullptr || !errors->is_array() || errors->empty()) return {};
  return to_lower(member_text(errors->front(), "message"));
}

std::size_t characters_of(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).bytes);
  return count;
}

class Witness {
 public:
  explicit Witness(const Trace& trace) : trace_(trace) {}

  std::vector<FactSighting> look() {
    for (const TraceExchange& exchange : trace_.exchanges) {
      ++number_;
      if (exchange.reply && exchange.peer == TracePeer::iam) look_at(exchange, *exchange.reply);
    }
    if (longest_ > kLongestKnown) {
      number_ = longest_in_;
      see(FactId::description_length, std::to_string(longest_) + " characters are taken");
    }
    return std::move(sightings_);
  }

 private:
  void see(FactId fact, std::string seen) {
    sightings_.push_back({fact, std::move(seen), number_});
  }

  void look_at(const TraceExchange& exchange, const TraceReply& reply) {
    const Call call = call_of(exchange);
    see(FactId::date_header, has_header(reply.headers, "Date") ? "sent" : "absent");
    if (call != Call::token && call != Call::other && reply.body.kind != TraceBody::Kind::text) {
      see(FactId::transaction_id, has_header(reply.headers, "Transaction-Id") ? "sent" : "absent");
    }
    look_at_refusal(call, exchange, reply);
    switch (call) {
      case Call::list: look_at_list(exchange, reply); break;
      case Call::get: look_at_get(exchange, reply); break;
      case Call::create: look_at_create(exchange, reply); break;
      case Call::replace: look_at_replace(exchange, reply); break;
      case Call::remove: look_at_remove(exchange, reply); break;
      case Call::roles: look_at_roles(exchange, reply); break;
      case Call::restore: deleted_.erase(exchange.path.substr(exchange.path.rfind('/'))); break;
      case Call::token:
      case Call::other: break;
    }
  }

  // ── refusals ──
  void look_at_refusal(Call call, const TraceExchange& exchange, const TraceReply& reply) {
    const bool is_of_policies = call != Call::token && call != Call::other;
    if (reply.status == 429) look_at_rate_limit(reply);
    if (reply.status == 403 && is_of_policies) see(FactId::forbidden_code, code_in(reply));
    if (reply.status == 401 && is_of_policies) see(FactId::unauthenticated_code, code_in(reply));
    if (reply.status == 400 && call == Call::token) {
      const std::string code = code_in(reply);
      if (code.starts_with("BXN")) see(FactId::bad_key, "400 " + code);
    }
    const bool is_conditional = call == Call::replace || call == Call::restore;
    if (!is_conditional || reply.status < 400 || reply.status >= 500) return;
    const bool may_be_of_etag =
        reply.status == 412 || reply.status == 428 || reply.status == 409 || reply.status == 400;
    if (!may_be_of_etag) return;
    const std::string said = std::to_string(reply.status) + " " + code_in(reply);
    if (!has_header(exchange.headers, "If-Match")) {
      see(FactId::if_match_missing, said);
    } else if (reply.status != 400 && !shows_a_rival(reply)) {
      see(FactId::if_match_stale, said);
    }
  }

  void look_at_rate_limit(const TraceReply& reply) {
    see(FactId::rate_limit_code, code_in(reply));
    const std::string_view after = header_in(reply.headers, "Retry-After");
    if (after.empty()) {
      see(FactId::retry_after, "absent");
    } else {
      see(FactId::retry_after, parse_http_date(after) ? "a date" : "seconds");
    }
  }

  static const TraceJson* rival_in(const TraceReply& reply) {
    const TraceJson* errors = member_of(reply.body.json, "errors");
    if (errors == nullptr || !errors->is_array() || errors->empty()) return nullptr;
    const TraceJson* details = member_of(errors->front(), "details");
    const TraceJson* with = details == nullptr ? nullptr : member_of(*details, "conflicts_with");
    return with == nullptr ? nullptr : member_of(*with, "policy");
  }

  static bool shows_a_rival(const TraceReply& reply) { return rival_in(reply) != nullptr; }

  // ── reads ──
  void look_at_list(const TraceExchange& exchange, const TraceReply& reply) {
    const auto limit = parameter(exchange, "limit");
    const bool asks_for_use = parameter(exchange, "format") == "include_last_permit";
    if (reply.status == 400) refused_lists_.push_back({limit.has_value(), asks_for_use});
    if (limit && reply.status == 400 && !asks_for_use) {
      see(FactId::list_largest_limit, "limit=" + *limit + " is refused");
    }
    if (reply.status != 200) return;
    look_at_refused_format(limit.has_value(), asks_for_use);
    if (asks_for_use) see(FactId::include_last_permit, "200");
    const TraceJson* policies = member_of(reply.body.json, "policies");
    const std::size_t count = policies != nullptr && policies->is_array() ? policies->size() : 0;
    const TraceJson* next = member_of(reply.body.json, "next");
    look_at_limit(limit, reply, count, next != nullptr);
    if (next != nullptr && !next->is_null()) {
      const bool has_both =
          !member_text(*next, "href").empty() && !member_text(*next, "start").empty();
      see(FactId::list_links, has_both ? "href and start" : "`next` without `href` or `start`");
    }
    if (policies == nullptr || !policies->is_array()) return;
    for (const TraceJson& policy : *policies) look_at_policy(policy, asks_for_use);
  }

  /// The same list without the format was accepted: so the format was refused.
  void look_at_refused_format(bool has_limit, bool asks_for_use) {
    const bool was_format =
        !asks_for_use && std::ranges::any_of(refused_lists_, [&](const auto& each) {
          return each.first == has_limit && each.second;
        });
    if (was_format) see(FactId::include_last_permit, "400");
    refused_lists_.clear();
  }

  void look_at_limit(const std::optional<std::string>& limit,
                     const TraceReply& reply,
                     std::size_t count,
                     bool goes_on) {
    if (!limit) {
      const std::string said = goes_on ? "pages of " + std::to_string(count) : "everything";
      if (!goes_on && count == 0) return;  // an empty account proves nothing
      see(FactId::list_without_limit, said);
      return;
    }
    const TraceJson* said = member_of(reply.body.json, "limit");
    const bool is_number = said != nullptr && said->is_number_unsigned();
    if (is_number && said->dump() != *limit) {
      see(FactId::list_largest_limit, "limit=" + *limit + " is cut to " + said->dump());
    } else if (is_number) {
      see(FactId::list_largest_limit, "limit=" + *limit + " is taken");
    }
  }

  void look_at_policy(const TraceJson& policy, bool asks_for_use) {
    if (member_text(policy, "type") != "authorization") return;
    remember_length(member_text(policy, "description"));
    if (!asks_for_use) return;
    const TraceJson* use = member_of(policy, "last_permit_at");
    if (use == nullptr) {
      see(FactId::last_permit_of_authorizations, "absent");
    } else {
      see(FactId::last_permit_of_authorizations, use->is_null() ? "null" : "a date");
    }
  }

  void look_at_get(const TraceExchange& exchange, const TraceReply& reply) {
    const std::string id = exchange.path.substr(exchange.path.rfind('/'));
    const bool is_deleted = deleted_.contains(id);
    if (reply.status == 404 && is_deleted) see(FactId::get_of_deleted, "404");
    if (reply.status != 200) return;
    const bool has_etag = has_header(reply.headers, "ETag");
    const bool is_private = trace_.header.endpoint == Endpoint::closed;
    see(is_private ? FactId::etag_of_private_get : FactId::etag_of_get,
        has_etag ? "sent" : "absent");
    const std::string state = member_text(reply.body.json, "state");
    if (is_deleted) see(FactId::get_of_deleted, "200, state " + (state.empty() ? "none" : state));
  }

  void look_at_roles(const TraceExchange& exchange, const TraceReply& reply) {
    if (trace_.header.endpoint != Endpoint::closed) return;
    if (!parameter(exchange, "source_service_name")) return;
    const bool is_json = reply.body.kind == TraceBody::Kind::json;
    see(FactId::private_roles, std::to_string(reply.status) + (is_json ? ", JSON" : ", no JSON"));
  }

  // ── writes ──
  void look_at_create(const TraceExchange& exchange, const TraceReply& reply) {
    const TraceJson& sent = exchange.body.json;
    const std::string code = reply.status >= 400 ? code_in(reply) : std::string();
    if (reply.status == 409) {
      const TraceJson* rival = rival_in(reply);
      const bool is_object = rival != nullptr && rival->is_object();
      const std::string how = is_object ? " with the policy" : rival != nullptr ? " with text" : "";
      see(FactId::duplicate, "409 " + code + how);
    }
    const bool is_quota = message_in(reply).find("maximum policies") != std::string::npos ||
                          message_in(reply).find("quota") != std::string::npos;
    if (reply.status == 422 || (is_quota && reply.status >= 400)) {
      see(FactId::quota_status, std::to_string(reply.status));
      see(FactId::quota_code, code);
    }
    look_at_description(sent, reply);
    if (reply.status < 200 || reply.status >= 300) return;
    const bool has_etag = has_header(reply.headers, "ETag");
    see(FactId::create_reply,
        std::to_string(reply.status) + (has_etag ? " with ETag" : " without ETag"));
    look_at_echo(sent, reply.body.json);
    const std::string href = member_text(reply.body.json, "href");
    if (href.find("/v1/policies/") != std::string::npos) see(FactId::href_version, "v1");
    if (href.find("/v2/policies/") != std::string::npos) see(FactId::href_version, "v2");
  }

  void look_at_replace(const TraceExchange& exchange, const TraceReply& reply) {
    look_at_description(exchange.body.json, reply);
    if (reply.status < 200 || reply.status >= 300) return;
    const std::string_view etag = header_in(reply.headers, "ETag");
    const bool is_new = etag != header_in(exchange.headers, "If-Match");
    const std::string what = etag.empty() ? " without ETag"
                             : is_new     ? " with a new ETag"
                                          : " with the old ETag";
    see(FactId::etag_after_replace, std::to_string(reply.status) + what);
    look_at_echo(exchange.body.json, reply.body.json);
  }

  void look_at_remove(const TraceExchange& exchange, const TraceReply& reply) {
    const std::string id = exchange.path.substr(exchange.path.rfind('/'));
    if (deleted_.contains(id)) {
      see(FactId::delete_of_deleted, std::to_string(reply.status));
    } else if (reply.status >= 200 && reply.status < 300) {
      see(FactId::delete_status, std::to_string(reply.status));
      deleted_.insert(id);
    }
  }

  void look_at_description(const TraceJson& sent, const TraceReply& reply) {
    const std::string text = member_text(sent, "description");
    if (reply.status >= 200 && reply.status < 300) remember_length(text);
    const bool is_blamed =
        reply.status == 400 && message_in(reply).find("description") != std::string::npos;
    if (is_blamed) {
      see(FactId::description_length,
          std::to_string(characters_of(text)) + " characters are refused");
    }
  }

  void remember_length(const std::string& text) {
    const std::size_t length = characters_of(text);
    if (length <= longest_) return;
    longest_ = length;
    longest_in_ = number_;
  }

  void look_at_echo(const TraceJson& sent, const TraceJson& shown) {
    bool is_same = true;
    for (const std::string_view side : {"subject", "resource"}) {
      const TraceJson* before = member_of(sent, side);
      const TraceJson* after = member_of(shown, side);
      if (before == nullptr || after == nullptr) return;
      const TraceJson* wanted = member_of(*before, "attributes");
      const TraceJson* have = member_of(*after, "attributes");
      if (wanted == nullptr || have == nullptr) return;
      is_same = is_same && *wanted == *have;
    }
    see(FactId::echo_of_attributes, is_same ? "as sent" : "otherwise than sent");
    look_at_shown_roles(shown);
  }

  void look_at_shown_roles(const TraceJson& shown) {
    const TraceJson* control = member_of(shown, "control");
    const TraceJson* grant = control == nullptr ? nullptr : member_of(*control, "grant");
    const TraceJson* roles = grant == nullptr ? nullptr : member_of(*grant, "roles");
    if (roles == nullptr || !roles->is_array() || roles->empty()) return;
    const bool is_bare = std::ranges::all_of(
        *roles, [](const TraceJson& role) { return role.is_object() && role.size() == 1; });
    see(FactId::roles_in_replies, is_bare ? "role_id alone" : "more than role_id");
  }

  const Trace& trace_;
  std::vector<FactSighting> sightings_;
  std::vector<std::pair<bool, bool>> refused_lists_;  // each: had a limit, asked for the use
  std::set<std::string> deleted_;                     // "/<id>"
  std::size_t number_ = 0;
  std::size_t longest_ = 0;
  std::size_t longest_in_ = 0;
};

}  // namespace

std::vector<FactSighting> sightings_in(const Trace& trace) {
  return Witness(trace).look();
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/policy_codec.hpp"

#include "daemon/iam/json_reader.hpp"
#include "daemon/iam/policy_json.hpp"
#include "daemon/iam/quick_policy.hpp"
#include "daemon/iam/wire.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace authzd {
namespace {

Error not_json(std::string_view body) {
  return Error{ErrorCode::bad_response,
               "the reply " + describe_non_json(body) +
                   "; check that the endpoint is IAM's and that no proxy answers in its place"};
}

/// The attributes of `set`: first those in `written`, in its order and spelling, then the others.
std::vector<Attribute> laid_out(const AttributeSet& set, const std::vector<Attribute>& written) {
  std::vector<Attribute> rest = set.copy_items();
  std::vector<Attribute> out;
  for (const Attribute& one : written) {
    const AttributeSet normal{one};
    const auto found = std::ranges::find(rest, normal.items().front());
    if (found == rest.end()) continue;
    rest.erase(found);
    out.push_back(one);
  }
  std::ranges::move(rest, std::back_inserter(out));
  return out;
}

std::vector<std::string> laid_out(RoleSet roles, const std::vector<std::string>& written) {
  std::vector<std::string> out;
  for (const std::string& crn : written) {
    if (roles.erase(crn) != 0) out.push_back(crn);
  }
  out.insert(out.end(), roles.begin(), roles.end());
  return out;
}

Json attributes_to_json(const std::vector<Attribute>& attributes, bool tags) {
  constexpr std::string_view kTag = "tag:";
  Json list = Json::array();
  for (const Attribute& attribute : attributes) {
    if (attribute.name.starts_with(kTag) != tags) continue;
    Json json = Json::object();
    json.emplace("key", attribute.name.substr(tags ? kTag.size() : 0));
    json.emplace("operator", attribute.op);
    std::visit([&json](const auto& value) { json.emplace("value", value); }, attribute.value);
    list.push_back(std::move(json));
  }
  return list;
}

Json side_to_json(const AttributeSet& set, const std::vector<Attribute>& written) {
  const std::vector<Attribute> attributes = laid_out(set, written);
  Json side = Json::object();
  side.emplace("attributes", attributes_to_json(attributes, false));
  Json tags = attributes_to_json(attributes, true);
  if (!tags.empty()) side.emplace("tags", std::move(tags));
  return side;
}

/// Removes the roles of one list from `document`. Custom roles are written by people of the
/// account: an undecodable one must not hide all the others.
std::optional<std::vector<Role>> take_roles(std::string& document,
                                            std::string_view list,
                                            Fault& fault) {
  auto split = split_array(document, list);
  if (!split) return std::nullopt;
  std::vector<Role> roles;
  for (const std::string_view element : split->elements) {
    const std::optional<Json> json = parse_json(element);
    if (!json) continue;
    std::string crn = require_text(*json, "crn", fault);
    std::string name = require_text(*json, "display_name", fault);
    roles.push_back(Role{std::move(crn), std::move(name)});
  }
  document = std::move(split->rest);
  return roles;
}

std::optional<std::string> text_in(std::string_view object, std::string_view member) {
  const auto text = find_text_of(object, member);
  const auto json = text ? parse_json(*text) : std::nullopt;
  const auto* value = json ? json->get_ptr<const std::string*>() : nullptr;
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

/// A missing description is readable: it is empty.
std::optional<std::string> description_in(std::string_view object) {
  const auto text = find_text_of(object, "description");
  if (!text || *text == "null") return std::string();
  return text_in(object, "description");
}

/// A policy that no decoder accepts, with its readable parts. Errors: `why`, if they do not
/// identify it.
Result<std::optional<UnreadablePolicy>> unreadable(std::string_view element, Error why) {
  const auto id = text_in(element, "id").value_or("");
  const auto type = text_in(element, "type").value_or("");
  if (id.empty() || type.empty()) return why;
  if (type != "authorization") return std::optional<UnreadablePolicy>();
  UnreadablePolicy policy{PolicyId(id),
                          description_in(element),
                          IamId(text_in(element, "created_by_id").value_or("")),
                          IamId(text_in(element, "last_modified_by_id").value_or("")),
                          std::move(why.message)};
  return std::optional(std::move(policy));
}

Error no_json_in_element(std::string_view element) {
  const std::string id = printable(text_in(element, "id").value_or(""));
  return {ErrorCode::bad_response,
          (id.empty() ? "a policy" : "policy " + id) +
              " is not JSON that can be read: a number or a text in it is out of bounds, or it is "
              "nested too deep"};
}

Result<std::optional<Observed>> policy_in(std::string_view element) {
  if (element.size() > kMostPolicyBytes) {
    return Error{ErrorCode::bad_response,
                 "policy " + printable(text_in(element, "id").value_or("")) + " has " +
                     std::to_string(element.size()) + " bytes, more than " +
                     std::to_string(kMostPolicyBytes)};
  }
  const std::optional<Json> json = parse_json(element);
  if (!json) return no_json_in_element(element);
  if (!json->is_object()) return Error{ErrorCode::bad_response, "a policy is no object"};
  return policy_from_v2(*json);
}

Result<void> add_policy(PolicyPage& page, std::string_view element) {
  Result<std::optional<Observed>> policy = policy_in(element);
  if (policy) {
    if (*policy) page.policies.push_back(std::move(**policy));
    return {};
  }
  auto left_out = unreadable(element, std::move(policy).error());
  if (!left_out) return std::move(left_out).error();
  if (*left_out) page.unreadable.push_back(std::move(**left_out));
  if (page.unreadable.size() > kMostUnreadable) return too_many_unreadable();
  return {};
}

}  // namespace

Error too_many_unreadable() {
  return {ErrorCode::bad_response,
          "more than " + std::to_string(kMostUnreadable) +
              " policies of the list cannot be read: it may not be IAM that answers"};
}

std::string describe_non_json(std::string_view body) {
  const std::string_view text = trim(body);
  if (text.empty()) return "is empty";
  if (text.starts_with('<')) return "is a web page, not JSON";
  return "is not JSON";
}

struct PageDecoder::Parts {
  explicit Parts(std::string_view of) : body(of) {}

  std::string_view body;
  std::optional<SplitDocument> split = {};
  std::optional<Json> rest = {};
  std::optional<QuickPolicies> quick = {};
  std::size_t next = 0;  // of the elements
  PolicyPage page = {};
};

PageDecoder::PageDecoder(std::string_view body, PageReading reading)
    : parts_(std::make_unique<Parts>(body)) {
  parts_->split = split_array(body, "policies");
  if (parts_->split) parts_->rest = parse_json(parts_->split->rest);
  if (reading == PageReading::quick) parts_->quick.emplace();
}

PageDecoder::~PageDecoder() = default;

Result<bool> PageDecoder::decode_some() {
  constexpr std::size_t kSlice = 256U << 10U;  // bytes
  Parts& parts = *parts_;
  if (!parts.rest) return not_json(parts.body);
  const auto& elements = parts.split->elements;
  std::size_t bytes = 0;
  while (parts.next < elements.size() && bytes < kSlice) {
    const std::string_view element = elements[parts.next++];
    bytes += element.size();
    if (auto policy = parts.quick ? parts.quick->read(element) : std::nullopt) {
      parts.page.policies.push_back(*std::move(policy));
      continue;
    }
    auto added = add_policy(parts.page, element);
    if (added) continue;
    return std::move(added).error().context("reading policy number " + std::to_string(parts.next) +
                                            " of a page");
  }
  return parts.next < elements.size();
}

Result<PolicyPage> PageDecoder::finish() && {
  Fault fault;
  const Json::array_t* rest = read_array(*parts_->rest, "policies", fault);
  if (rest == nullptr) fault.add("has no list of policies");
  if (rest != nullptr && !rest->empty()) fault.add("writes the name of its list in an odd way");
  parts_->page.next_start = next_start_of(*parts_->rest, fault);
  if (fault.any()) return fault.error("the reply");
  return std::move(parts_->page);
}

Result<PolicyPage> decode_policy_page(std::string_view body, PageReading reading) {
  PageDecoder decoder(body, reading);
  Result<bool> more = true;
  while (more && *more) more = decoder.decode_some();
  if (!more) return std::move(more).error();
  return std::move(decoder).finish();
}

Result<Observed> decode_policy(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return not_json(body);
  Result<std::optional<Observed>> policy = policy_from_v2(*json);
  if (!policy) return std::move(policy).error();
  if (!*policy) return Error{ErrorCode::not_found, "what has this id is no authorization"};
  return std::move(**policy);
}

Result<std::optional<Observed>> decode_policy_v1(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  if (!json) return not_json(body);
  if (is_v1_placeholder(*json)) return std::optional<Observed>();
  Result<std::optional<Observed>> policy = policy_from_v1(*json);
  if (policy && !*policy) {
    return Error{ErrorCode::bad_response, "the policy is no authorization"};
  }
  return policy;
}

PolicyLayout decode_layout(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  return json ? layout_from_v2(*json) : PolicyLayout{};
}

Versioned versioned(Observed policy, const WireReply& reply) {
  return {std::move(policy),
          Etag(std::string(find_header(reply.response.headers, "ETag"))),
          decode_layout(reply.response.body)};
}

std::optional<Versioned> decode_rival(std::string_view body) {
  const std::optional<Json> json = parse_json(body);
  Fault ignored;
  const Json::array_t* errors = json ? read_array(*json, "errors", ignored) : nullptr;
  if (errors == nullptr) return std::nullopt;
  for (const Json& error : *errors) {
    const Json* details = find_member(error, "details");
    const Json* with = details == nullptr ? nullptr : find_member(*details, "conflicts_with");
    const Json* shown = with == nullptr ? nullptr : find_member(*with, "policy");
    if (shown == nullptr) continue;
    const auto* text = shown->get_ptr<const std::string*>();
    const std::optional<Json> inner = text == nullptr ? std::nullopt : parse_json(*text);
    const Json& policy = inner ? *inner : *shown;
    if (!policy.is_object() || is_v1_placeholder(policy)) continue;
    const bool is_v1 = find_member(policy, "subjects") != nullptr;
    auto read = is_v1 ? policy_from_v1(policy) : policy_from_v2(policy);
    if (!read || !*read) continue;
    return Versioned{std::move(**read), Etag(text_or_empty(*with, "etag"))};
  }
  return std::nullopt;
}

std::string encode_policy(const PolicyContent& content, const PolicyLayout& layout) {
  Json roles = Json::array();
  for (const std::string& crn : laid_out(content.roles, layout.roles)) {
    Json role = Json::object();
    role.emplace("role_id", crn);
    roles.push_back(std::move(role));
  }
  Json grant = Json::object();
  grant.emplace("roles", std::move(roles));
  Json control = Json::object();
  control.emplace("grant", std::move(grant));

  Json body = Json::object();
  body.emplace("type", "authorization");
  body.emplace("description", content.description);
  body.emplace("subject", side_to_json(content.subject, layout.subject));
  body.emplace("resource", side_to_json(content.resource, layout.resource));
  body.emplace("control", std::move(control));
  return canonical_text(body);
}

Result<RoleTable> decode_roles(std::string_view body) {
  Fault fault;
  std::string document(body);
  auto service = take_roles(document, "service_roles", fault);
  auto system = service ? take_roles(document, "system_roles", fault) : std::nullopt;
  auto custom = system ? take_roles(document, "custom_roles", fault) : std::nullopt;
  const auto json = custom ? parse_json(document) : std::nullopt;
  if (!json) return not_json(body);
  for (const std::string_view list : {"service_roles", "system_roles", "custom_roles"}) {
    const Json::array_t* rest = read_array(*json, list, fault);
    if (rest != nullptr && !rest->empty()) fault.add("writes the name of a list in an odd way");
  }
  for (const auto* group : {&*service, &*system, &*custom}) {
    for (const Role& role : *group) {
      if (has_name_of_another(role.crn, role.display_name)) {
        fault.add("gives " + role.crn + " the name of another role, " + role.display_name);
      }
    }
  }
  if (fault.any()) return fault.error("the list of roles");
  return RoleTable{std::move(*service), std::move(*system), std::move(*custom)};
}

}  // namespace authzd

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/disguise.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/trace/treatment.hpp"
#include "reconciler/trace/unknown_parts.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

constexpr std::size_t kShortestSecret = 6;       // a shorter one would occur in ordinary words
constexpr std::size_t kMostSecrets = 64;         // a token per hour and account, and the keys
constexpr std::size_t kLongestBody = 8U << 20U;  // bytes
constexpr std::size_t kLongestText = 16U << 10U;
constexpr int kMostDepth = 64;

/// The members of forms and replies that contain secrets.
constexpr std::array<std::string_view, 8> kSecretMembers{"apikey",
                                                         "access_token",
                                                         "refresh_token",
                                                         "delegated_refresh_token",
                                                         "identity_token",
                                                         "cr_token",
                                                         "client_secret",
                                                         "password"};

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '=';
}

/// The length of a probable JSON web token at that position: "eyJ…", with at least one dot.
std::size_t token_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortest = 12;
  if (!text.substr(at).starts_with("eyJ")) return 0;
  std::size_t end = at;
  std::size_t dots = 0;
  while (end < text.size() && (is_token_char(text[end]) || text[end] == '.')) {
    dots += text[end] == '.' ? 1U : 0U;
    ++end;
  }
  return dots > 0 && end - at >= kShortest ? end - at : 0;
}

void mask_tokens(std::string& text) {
  for (auto at = text.find("eyJ"); at != std::string::npos; at = text.find("eyJ", at + 1)) {
    const std::size_t size = token_at(text, at);
    if (size > 0) text.replace(at, size, kTokenMask);
  }
}

void mask(std::string& text, std::string_view secret) {
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), kSecretMask);
    at += kSecretMask.size();
  }
}

std::optional<TraceJson> parsed(std::string_view body) {
  if (is_nested_deeper(body, kMostDepth)) return std::nullopt;
  TraceJson json = TraceJson::parse(body.begin(), body.end(), nullptr, false);
  const bool is_document = json.is_object() || json.is_array();
  return is_document ? std::optional(std::move(json)) : std::nullopt;
}

bool is_form(const TraceHeaders& headers) {
  const std::string type = to_lower(header_in(headers, "Content-Type"));
  return type.starts_with("application/x-www-form-urlencoded");
}

/// The token in a token reply; empty if the body has none.
std::string token_in_reply(const RawReply& reply) {
  const auto json = parsed(reply.body);
  return json ? member_text(*json, "access_token") : std::string();
}

}  // namespace

TraceJson claims_in(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return nullptr;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos) return nullptr;
  const auto text = base64_decoded(token.substr(first + 1, second - first - 1));
  const auto claims = text ? parsed(*text) : std::nullopt;
  return claims && claims->is_object() ? *claims : TraceJson(nullptr);
}

void Disguise::learn(std::string_view secret) {
  if (secret.size() < kShortestSecret || secret == "not_supported") return;
  const bool is_known = std::ranges::any_of(
      secrets_, [secret](const Secret& each) { return each.reveal() == secret; });
  if (is_known) return;
  secrets_.emplace_back(std::string(secret));
  if (secrets_.size() > kMostSecrets) secrets_.pop_front();
}

void Disguise::learn_secrets(const RawExchange& raw) {
  const std::string_view authorization = header_in(raw.headers, "Authorization");
  const auto blank = authorization.find(' ');
  learn(blank == std::string_view::npos ? authorization : authorization.substr(blank + 1));
  if (is_form(raw.headers)) {
    for (const auto& [name, value] : parse_query(raw.body)) {
      if (treatment_of(name) == Treatment::secret) learn(value);
    }
  }
  if (!raw.reply) return;
  const auto json = parsed(raw.reply->body);
  if (!json) return;
  for (const std::string_view name : kSecretMembers) learn(member_text(*json, name));
}

/// Before any pseudonym is made, so that no part of a secret becomes one.
std::string Disguise::scrubbed(std::string_view text) const {
  std::string safe(text);
  for (const Secret& secret : secrets_) {
    mask(safe, secret.reveal());
    const std::string encoded = percent_encoded(secret.reveal());
    if (encoded != secret.reveal()) mask(safe, encoded);
  }
  mask_tokens(safe);
  return safe;
}

TraceJson Disguise::scrubbed_json(const TraceJson& json) const {
  if (json.is_string()) return scrubbed(json.get_ref<const std::string&>());
  if (json.is_array()) {
    TraceJson made = TraceJson::array();
    for (const TraceJson& each : json) made.push_back(scrubbed_json(each));
    return made;
  }
  if (!json.is_object()) return json;
  TraceJson made = TraceJson::object();
  for (const auto& [name, member] : json.items()) made[scrubbed(name)] = scrubbed_json(member);
  return made;
}

TraceHeaders Disguise::headers_of(const TraceHeaders& headers) const {
  TraceHeaders made;
  for (const auto& [name, value] : headers) {
    if (iequals(name, "Host")) continue;  // the header line has the kind of endpoint
    made.emplace_back(pseudonyms_.name(name), treated_header(pseudonyms_, name, scrubbed(value)));
  }
  return made;
}

TraceBody Disguise::body_of(std::string_view body, const TraceHeaders& headers) const {
  TraceBody made;
  made.bytes = body.size();
  if (body.empty()) return made;
  if (body.size() > kLongestBody) {
    made.kind = TraceBody::Kind::withheld;
    made.text = "too long";
  } else if (is_form(headers)) {
    made.kind = TraceBody::Kind::form;
    QueryPairs pairs = parse_query(body);
    for (auto& [name, value] : pairs) value = scrubbed(value);
    made.form = hidden_query(pseudonyms_, pairs);
  } else if (const auto json = parsed(body)) {
    made.kind = TraceBody::Kind::json;
    made.json = hidden_json(pseudonyms_, scrubbed_json(*json));
  } else {
    made.kind = TraceBody::Kind::text;
    made.text = pseudonyms_.plain(scrubbed(body.substr(0, kLongestText)));
  }
  return made;
}

TraceExchange Disguise::of(const RawExchange& raw) {
  learn_secrets(raw);
  TraceExchange made;
  made.peer = raw.peer;
  made.at = raw.at;
  made.took = raw.took;
  made.method = pseudonyms_.plain(raw.method);
  const auto question = std::min(raw.target.find('?'), raw.target.size());
  made.path = pseudonyms_.path(scrubbed(raw.target.substr(0, question)));
  if (question < raw.target.size()) {
    QueryPairs pairs = parse_query(std::string_view(raw.target).substr(question + 1));
    for (auto& [name, value] : pairs) value = scrubbed(value);
    made.query = hidden_query(pseudonyms_, pairs);
  }
  made.headers = headers_of(raw.headers);
  made.body = body_of(raw.body, raw.headers);
  if (!raw.reply) {
    made.error = raw.error;
    return made;
  }
  TraceReply& reply = made.reply.emplace();
  reply.status = raw.reply->status;
  reply.headers = headers_of(raw.reply->headers);
  reply.body = body_of(raw.reply->body, raw.reply->headers);
  const TraceJson claims = claims_in(token_in_reply(*raw.reply));
  if (!claims.is_null()) reply.claims = hidden_json(pseudonyms_, scrubbed_json(claims));
  made.unknown = unknown_parts(made);
  return made;
}

}  // namespace authzd

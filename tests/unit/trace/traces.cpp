// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/trace/traces.hpp"

#include <algorithm>
#include <utility>

namespace authzd::test {
namespace {

TraceBody body_of(std::string_view text) {
  TraceBody body;
  body.bytes = text.size();
  if (text.empty()) return body;
  TraceJson json = TraceJson::parse(text, nullptr, false);
  body.kind = json.is_discarded() ? TraceBody::Kind::text : TraceBody::Kind::json;
  if (json.is_discarded()) {
    body.text = std::string(text);
  } else {
    body.json = std::move(json);
  }
  return body;
}

}  // namespace

PublishedNames some_names() {
  return {{"kms", "hs-crypto", "server-protect", "cloud-object-storage"},
          {"Reader", "Key Manager", "Authorization Delegator"},
          {"crn:v1:bluemix:public:iam::::serviceRole:Reader"}};
}

Secret some_key() {
  return Secret("a-key-of-tests-alone");
}

TraceExchange exchange(std::string_view method,
                       std::string_view target,
                       int status,
                       std::string_view reply,
                       TraceHeaders reply_headers,
                       std::string_view body,
                       TraceHeaders headers) {
  TraceExchange made;
  made.method = std::string(method);
  const auto question = std::min(target.find('?'), target.size());
  made.path = std::string(target.substr(0, question));
  made.query = parse_query(target.substr(std::min(question + 1, target.size())));
  made.headers = std::move(headers);
  made.body = body_of(body);
  made.reply = TraceReply{status, std::move(reply_headers), body_of(reply), nullptr};
  return made;
}

Trace trace_of(std::vector<TraceExchange> exchanges, Endpoint endpoint) {
  return Trace{{"0.1.0", {}, endpoint}, std::move(exchanges)};
}

}  // namespace authzd::test

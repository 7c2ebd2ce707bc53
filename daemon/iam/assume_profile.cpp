// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/assume_profile.hpp"

#include "daemon/iam/token_request.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {

AssumeProfileTokenSource::AssumeProfileTokenSource(std::unique_ptr<TokenSource> base,
                                                   std::string profile,
                                                   Wire wire)
    : base_(std::move(base)), profile_(std::move(profile)), wire_(std::move(wire)) {}

Async<Token> AssumeProfileTokenSource::fetch() {
  Result<Token> first = co_await base_->fetch();
  if (!first) co_return std::move(first).error();
  TokenForm form("assume");
  form.add("access_token", first->text.reveal());
  form.add(profile_.starts_with("crn:") ? "profile_crn" : "profile_id", profile_);

  Result<Token> token = co_await request_token(wire_, std::move(form), std::move(first->text));
  if (token) co_return token;
  const std::string who = printable(first->claims.iam_id.value);
  const std::string what_to_do =
      "check that the trusted profile exists, and that it lets " + who + " take it on";
  Error error = advise(std::move(token).error(), what_to_do);
  co_return std::move(error).context("taking on the trusted profile " + printable(profile_) +
                                     " (auth.assumeProfile)");
}

}  // namespace authzd

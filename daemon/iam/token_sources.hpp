// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where tokens come from: one class for each kind of credential. Most of them ask the identity
// service, with a form of one shape (POST /identity/token, iam-api §7). Files are read again for
// each token, so that a rotated one takes effect without a restart.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/iam/token.hpp"
#include "daemon/iam/wire.hpp"
#include "daemon/net/async.hpp"
#include "daemon/net/clock.hpp"
#include "reconciler/base/secret.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

class TokenSource {
 public:
  virtual ~TokenSource() = default;

  /// One attempt at a new token. Errors: unauthenticated (the credential was refused),
  /// invalid_config (it cannot be read), bad_response, and transient ones, which the caller
  /// retries.
  virtual Async<Token> fetch() = 0;
};

/// The fields of a form, each name with its value; encodes the values.
class TokenForm {
 public:
  /// `grant` without "urn:ibm:params:oauth:grant-type:".
  explicit TokenForm(std::string_view grant);

  TokenForm& add(std::string_view name, std::string_view value);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// One request. `secret` is the secret in the form. Errors: those of Wire::send and of
/// decode_token_reply. Idempotent: yes.
Async<Token> request_token(Wire wire, TokenForm form, Secret secret);

/// The token in the body of any reply.
Result<Token> token_in(const WireReply& reply);

/// Adds advice to an error about a refused credential; other errors are not changed.
Error advise(Error error, std::string_view what_to_do);

/// The key is in a file or, if `file` is empty, passed in (from the environment).
struct ApiKey {
  std::filesystem::path file = {};
  Secret value = {};
};

/// Parses a key file: the key itself with surrounding white space, or JSON that IBM's console
/// downloads, with a member `apikey`. Errors: invalid_config; the message says what is wrong and
/// shows nothing of the text.
Result<Secret> parse_api_key(std::string_view text);

/// Errors: invalid_config, with the file.
Result<Secret> read_api_key(const ApiKey& key);

/// Tokens for an API key.
class ApiKeyTokenSource final : public TokenSource {
 public:
  ApiKeyTokenSource(ApiKey key, Wire wire);

  Async<Token> fetch() override;

 private:
  ApiKey key_;
  Wire wire_;
};

/// A trusted profile: by its id or CRN, or by its name in an account.
struct AssumedProfile {
  std::string id_or_crn = {};
  std::string name = {};
  AccountId account = {};
};

/// Tokens of a trusted profile that another identity assumes (iam-api §7.4). The first token is
/// fetched again each time, and used for nothing else.
class AssumeProfileTokenSource final : public TokenSource {
 public:
  AssumeProfileTokenSource(std::unique_ptr<TokenSource> base, AssumedProfile profile, Wire wire);

  Async<Token> fetch() override;

 private:
  std::unique_ptr<TokenSource> base_;
  AssumedProfile profile_;
  Wire wire_;
};

/// A token in a file that another program keeps fresh; the file is read again for each refresh.
class BearerFileTokenSource final : public TokenSource {
 public:
  /// `clock` must outlive this; a token's remaining life is its claim `exp` by that clock.
  BearerFileTokenSource(std::filesystem::path file, const Clock& clock)
      : file_(std::move(file)), clock_(clock) {}

  /// Errors: also unauthenticated, if the token has expired.
  Async<Token> fetch() override;

 private:
  std::filesystem::path file_;
  const Clock& clock_;
};

/// Where platforms put the token, in the order in which IBM's own clients look.
std::vector<std::filesystem::path> container_token_places();

/// Tokens for a compute resource: the platform (Kubernetes, Code Engine) puts its own token into a
/// file, and IAM exchanges it for one of a trusted profile (iam-api §7.3).
class ContainerTokenSource final : public TokenSource {
 public:
  /// Without a file in `auth`, the first existing one of `places` is read, chosen again each time.
  ContainerTokenSource(ContainerTokenAuth auth,
                       Wire wire,
                       std::vector<std::filesystem::path> places);

  Async<Token> fetch() override;

 private:
  [[nodiscard]] Result<std::filesystem::path> token_file() const;

  ContainerTokenAuth auth_;
  Wire wire_;
  std::vector<std::filesystem::path> places_;
};

/// Access to the metadata service. The wire borrows the client.
struct MetadataService {
  std::shared_ptr<HttpClient> client;
  Wire wire;
};

/// Tokens for a virtual server of VPC: its metadata service vouches for the instance, and issues a
/// token of its linked trusted profile (iam-api §7.2).
class VpcInstanceTokenSource final : public TokenSource {
 public:
  /// Without a `service` every fetch fails.
  VpcInstanceTokenSource(VpcInstanceAuth auth, std::optional<MetadataService> service);

  /// Uses the last API version that answered, and the other one if that is gone.
  Async<Token> fetch() override;

 private:
  /// The text of the instance identity token, with the version of that index.
  Async<Secret> identity(std::size_t version);
  Async<Token> iam_token(std::size_t version, Secret identity);

  VpcInstanceAuth auth_;
  std::optional<MetadataService> service_;
  std::size_t version_ = 0;
};

}  // namespace authzd

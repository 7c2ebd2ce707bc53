// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is said on the admin socket besides bytes for a terminal, and its JSON.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Who is at the other end. A client and a daemon of different versions do not talk: a command is
/// parsed at both ends, and must mean the same at both.
struct Hello {
  std::string version;  // of authzd

  bool operator==(const Hello&) const = default;
};

/// A command as it was typed, and the terminal that it was typed at.
struct AdminCall {
  std::vector<std::string> arguments;  // without the program's name
  std::string config;                  // absolute path of the configuration that the client means
  bool can_ask = false;
  bool colour = false;
  std::string sudo_uid = {};  // SUDO_UID of the client's environment: only what it says

  bool operator==(const AdminCall&) const = default;
};

/// To a question, or to a file.
struct ClientReply {
  std::string answer;   // as typed
  std::string problem;  // why the file could not be written; empty: it was

  bool operator==(const ClientReply&) const = default;
};

std::string encode(const Hello& hello);
std::string encode(const AdminCall& call);
std::string encode(const ClientReply& reply);
std::string encode_exit(int code);

/// Errors of all: bad_response, naming what is wrong.
Result<Hello> parse_hello(std::string_view text);
Result<AdminCall> parse_call(std::string_view text);
Result<ClientReply> parse_reply(std::string_view text);
Result<int> parse_exit(std::string_view text);

/// Why these two do not talk; empty where they do.
std::string version_difference(std::string_view client, std::string_view daemon);

}  // namespace authzd

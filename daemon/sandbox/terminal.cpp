// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/terminal.hpp"

#include "daemon/sandbox/switches.hpp"
#include "reconciler/base/text.hpp"

namespace authzd::sandbox {
namespace {

std::string painted(std::string_view code, std::string_view text, bool colour) {
  if (!colour) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string line(text);
  if (line.size() < width) line.append(width - line.size(), ' ');
  return line;
}

constexpr std::string_view kBold = "1";
constexpr std::string_view kDim = "2";
constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";

std::string_view colour_of(int status) {
  if (status == 0 || status >= 500) return kRed;
  return status >= 400 ? kYellow : kGreen;
}

}  // namespace

std::string banner(const std::string& url,
                   const std::vector<SeedKey>& keys,
                   bool admin,
                   bool colour) {
  std::string text = painted(kBold, "iam-sandbox", colour) + ": a local IAM at " +
                     painted(kBold, url, colour) + "\n";
  if (keys.empty()) text += "\n  No API key: start it with --seed FILE.\n";
  std::string account;
  for (const SeedKey& key : keys) {
    if (key.account != account) {
      account = key.account;
      text += "\n  account " + printable(account) + "  " +
              painted(kDim, printable(key.account_name), colour) + "\n";
    }
    text += "    " + padded(printable(key.key), 20) + printable(key.name) + "\n";
  }
  text += "\n  Point authzd, Terraform or an SDK at it:\n";
  text += "    export IBMCLOUD_IAM_API_ENDPOINT=" + url + "\n";
  if (!keys.empty()) text += "    export IBMCLOUD_API_KEY=" + printable(keys.front().key) + "\n";
  if (admin) text += "\n  Faults, log and edits by hand: " + url + "/sandbox/v1\n";
  return text + "  Ctrl-C ends it; nothing is kept.\n";
}

std::string request_line(const LoggedRequest& request, Timestamp now, bool colour) {
  const std::string time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(now)).substr(11, 8);
  const std::string status = request.status == 0 ? "cut" : std::to_string(request.status);
  std::string line = painted(kDim, time, colour) + "  " +
                     painted(colour_of(request.status), status, colour) + "  " +
                     padded(printable(request.method), 7) + printable(request.target);
  if (request.wrote) line += painted(kBold, "  wrote", colour);
  if (request.faulted) line += painted(kRed, "  fault", colour);
  return line + "\n";
}

std::string switch_list(bool colour) {
  std::string text;
  for (const SwitchInfo& info : Switches::all()) {
    text += painted(kBold, info.name, colour) + "  " + std::string(info.values) + "  (" +
            std::string(info.standard) + ")\n    " + std::string(info.about) + "  " +
            painted(kDim, "[" + std::string(info.reference) + "]", colour) + "\n";
  }
  return text;
}

}  // namespace authzd::sandbox

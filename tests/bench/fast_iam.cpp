// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An IAM for benchmarks of many accounts: every account holds what the manifests ask for, and
// nothing can be written. A reply costs a copy of a page that was made once, in which the account
// and the hashes of the markers are replaced.
//   bench_iam ACCOUNTS MANIFESTS [CERTIFICATE KEY]
// Prints its URL. The account of number N has the id account_of(N) and the API key
// "bench-<id>". GET /bench/lists: {"lists": N}, how often a whole list was read.

#include "daemon/net/http_server.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/model/marker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::bench {
namespace {

constexpr std::string_view kRole = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
constexpr std::string_view kUs = "iam-ServiceId-11111111-2222-4333-8444-555555555555";
constexpr std::size_t kHashDigits = 12;
constexpr std::size_t kAccountDigits = 32;

/// The time, as HTTP writes it.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

/// 32 hex digits; report.py names the accounts in the same way.
std::string account_of(std::size_t number) {
  std::string digits = std::to_string(number);
  return "a" + std::string(kAccountDigits - 1 - digits.size(), '0') + digits;
}

std::vector<SourceFile> read_manifests(const std::filesystem::path& directory) {
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream in(entry.path());
    files.push_back({entry.path().filename(), {std::istreambuf_iterator<char>(in), {}}});
  }
  std::ranges::sort(files, {}, &SourceFile::name);
  return files;
}

std::string json_of(const AttributeSet& side) {
  std::string json;
  for (const Attribute& attribute : side.items()) {
    json += json.empty() ? "" : ",";
    json += R"({"key":")" + attribute.name + R"(","operator":")" + attribute.op + R"(","value":")" +
            std::get<std::string>(attribute.value) + "\"}";
  }
  return R"({"attributes":[)" + json + "]}";
}

/// As IAM shows the policy of that grant. The ids are sorted as the grants are.
std::string json_of(const Grant& grant, const std::string& id) {
  const Marker marker{"bench", grant.name, grant.key.hash12(), grant.is_protected};
  const std::string made = std::string(R"("2026-01-01T00:00:00.000Z","created_by_id":")") +
                           std::string(kUs) + R"(","last_modified_by_id":")" + std::string(kUs);
  return R"({"id":")" + id + R"(","type":"authorization","description":")" +
         render_description(trim(grant.description.value_or("")), marker) + R"(","subject":)" +
         json_of(grant.subject) + R"(,"resource":)" + json_of(grant.resource) +
         R"(,"control":{"grant":{"roles":[{"role_id":")" + std::string(kRole) +
         R"("}]}},"state":"active","href":"https://iam.cloud.ibm.com/v2/policies/)" + id +
         R"(","created_at":)" + made + R"(","last_modified_at":"2026-01-01T00:00:00.000Z"})";
}

/// One page of the list as the first account has it, and what another account has instead.
struct Page {
  std::string body;
  std::vector<std::size_t> accounts;                        // where its id is
  std::vector<std::pair<std::size_t, std::size_t>> hashes;  // where one is, and of which grant
};

class FastIam {
 public:
  FastIam(std::size_t accounts, const std::vector<SourceFile>& files) {
    LoadOptions options;
    options.account = AccountId{account_of(0)};
    LoadOutcome loaded = load_manifests(files, options);
    if (has_errors(loaded.diagnostics)) throw std::runtime_error("the manifests have errors");
    grants_ = std::move(loaded.desired.grants);
    hashes_.resize(accounts);
  }

  HttpReply answer(const HttpRequest& request) {
    const std::string_view target = request.target;
    if (target.starts_with("/v2/policies?")) return {list(target)};
    if (target.starts_with("/v2/roles")) return {roles()};
    if (target.starts_with("/identity/token")) return {token(request.body)};
    if (target == "/bench/lists") return {json("{\"lists\": " + std::to_string(lists_) + "}")};
    return {HttpResponse{404}};
  }

 private:
  static HttpResponse json(std::string body) {
    HttpResponse response{200};
    response.headers = {{"Content-Type", "application/json"}, {"Date", http_date()}};
    response.body = std::move(body);
    return response;
  }

  static std::string_view parameter(std::string_view target, std::string_view name) {
    const std::string prefix = std::string(name) + "=";
    for (const char before : {'?', '&'}) {
      const std::size_t at = target.find(before + prefix);
      if (at == std::string_view::npos) continue;
      const std::string_view value = target.substr(at + 1 + prefix.size());
      return value.substr(0, value.find('&'));
    }
    return {};
  }

  static std::size_t number_of(std::string_view text, std::size_t otherwise) {
    std::size_t number = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  static HttpResponse roles() {
    return json(R"({"custom_roles":[],"system_roles":[],"service_roles":[{"display_name":"Reader",)"
                R"("crn":")" +
                std::string(kRole) + "\"}]}");
  }

  static HttpResponse token(std::string_view form) {
    const std::size_t at = form.find("bench-");
    if (at == std::string_view::npos) return HttpResponse{400};
    const std::string account(form.substr(at + 6, kAccountDigits));
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const std::string claims = R"({"iam_id":")" + std::string(kUs) + R"(","account":{"bss":")" +
                               account + R"("},"iat":)" + std::to_string(now.count()) +
                               R"(,"exp":)" + std::to_string(now.count() + 3600) + "}";
    return json(R"({"token_type":"Bearer","expires_in":3600,"access_token":"e30.)" +
                base64url(claims) + R"(.c2ln"})");
  }

  HttpResponse list(std::string_view target) {
    const std::string account(parameter(target, "account_id"));
    const std::size_t limit = number_of(parameter(target, "limit"), grants_.size());
    const std::size_t start = number_of(parameter(target, "start"), 0);
    const Page& page = page_of(start, limit);
    std::string body = page.body;
    for (const std::size_t at : page.accounts) body.replace(at, account.size(), account);
    const std::size_t number = number_of(account.substr(1), 0);
    const std::string& hashes = hashes_of(number);
    for (const auto& [at, grant] : page.hashes) {
      body.replace(at, kHashDigits, hashes, grant * kHashDigits, kHashDigits);
    }
    if (start + limit >= grants_.size()) ++lists_;
    return json(std::move(body));
  }

  /// The hashes of the markers in that account, one after the other.
  const std::string& hashes_of(std::size_t number) {
    std::string& hashes = hashes_.at(number);
    if (!hashes.empty()) return hashes;
    const std::string first = account_of(0);
    const std::string account = account_of(number);
    for (const Grant& grant : grants_) {
      std::string key = grant.key.text();
      for (auto at = key.find(first); at != std::string::npos; at = key.find(first, at)) {
        key.replace(at, first.size(), account);
        at += account.size();
      }
      hashes += Key::from_text(std::move(key)).hash12();
    }
    return hashes;
  }

  const Page& page_of(std::size_t start, std::size_t limit) {
    const auto [place, is_new] = pages_.try_emplace({start, limit});
    if (is_new) place->second = make_page(start, limit);
    return place->second;
  }

  [[nodiscard]] Page make_page(std::size_t start, std::size_t limit) const {
    const std::size_t end = std::min(grants_.size(), start + limit);
    Page page{R"({"policies":[)", {}, {}};
    for (std::size_t i = start; i < end; ++i) {
      const std::string digits = std::to_string(i);
      const std::string id =
          "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
      const std::string policy = json_of(grants_[i], id);
      const std::size_t at = page.body.size() + (i > start ? 1 : 0);
      page.body += (i > start ? "," : "") + policy;
      page.hashes.emplace_back(at + policy.find('#') + 1, i);
    }
    page.body += "]";
    if (end < grants_.size()) {
      page.body += R"(,"next":{"start":")" + std::to_string(end) + "\"}";
    }
    page.body += "}";
    const std::string first = account_of(0);
    for (auto at = page.body.find(first); at != std::string::npos;
         at = page.body.find(first, at + 1)) {
      page.accounts.push_back(at);
    }
    return page;
  }

  std::vector<Grant> grants_;        // of the first account
  std::vector<std::string> hashes_;  // by account
  std::map<std::pair<std::size_t, std::size_t>, Page> pages_;
  std::size_t lists_ = 0;
};

int run(std::span<char*> args) {
  if (args.size() != 3 && args.size() != 5) {
    std::cerr << "usage: bench_iam ACCOUNTS MANIFESTS [CERTIFICATE KEY]\n";
    return 64;
  }
  FastIam iam(std::stoul(args[1]), read_manifests(args[2]));
  boost::asio::io_context io(1);
  HttpServerOptions options;
  options.max_connections = 20'000;
  options.read = std::chrono::minutes(10);
  if (args.size() == 5) {
    options.certificate_file = args[3];
    options.key_file = args[4];
  }
  auto server = make_http_server(io.get_executor(), options);
  if (!server) throw std::runtime_error(to_string(server.error()));
  std::cout << (args.size() == 5 ? "https" : "http") << "://127.0.0.1:" << (*server)->port()
            << std::endl;
  const HttpHandler handler = [&iam](HttpRequest request) -> boost::asio::awaitable<HttpReply> {
    HttpReply reply = iam.answer(request);
    co_return reply;
  };
  const auto ended = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  boost::asio::co_spawn(io, (*server)->serve(handler), ended);
  io.run();
  return 0;
}

}  // namespace
}  // namespace authzd::bench

int main(int argc, char** argv) {
  try {
    return authzd::bench::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& exception) {
    std::cerr << "bench_iam: " << exception.what() << '\n';
    return 1;
  }
}

// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The floor of a quiet cycle: libcurl fetches the list's pages over one kept connection, and each
// page is parsed once into a DOM; nothing else. usage: TOKEN=… bench_floor LIST-URL N

#include "tests/bench/cpu_time.hpp"

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace authzd::bench {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

class Fetcher {
 public:
  explicit Fetcher(const std::string& token)
      : curl_(curl_easy_init(), curl_easy_cleanup),
        headers_(curl_slist_append(nullptr, ("Authorization: Bearer " + token).c_str()),
                 curl_slist_free_all) {
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl_.get(), CURLOPT_FAILONERROR, 1L);
  }

  nlohmann::json page(const std::string& url) {
    std::string body;
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    const CURLcode done = curl_easy_perform(curl_.get());
    if (done != CURLE_OK) throw std::runtime_error(curl_easy_strerror(done));
    return nlohmann::json::parse(body);
  }

 private:
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_;
};

std::size_t fetch_list(Fetcher& fetcher, const std::string& url) {
  std::size_t policies = 0;
  for (std::string start = url; !start.empty();) {
    const nlohmann::json page = fetcher.page(start);
    policies += page.at("policies").size();
    const auto next = page.find("next");
    start = next == page.end() ? "" : url + "&start=" + next->at("start").get<std::string>();
  }
  return policies;
}

int run(int argc, char** argv) {
  const char* token = std::getenv("TOKEN");
  if (argc != 3 || token == nullptr) {
    std::cerr << "usage: TOKEN=… bench_floor LIST-URL N\n";
    return 64;
  }
  const int times = std::stoi(argv[2]);
  Fetcher fetcher(token);
  std::size_t policies = fetch_list(fetcher, argv[1]);
  const auto begun = cpu_time();
  for (int i = 0; i < times; ++i) policies = fetch_list(fetcher, argv[1]);
  std::cout << "{\"cpu_us\": " << (cpu_time() - begun).count() / times
            << ", \"policies\": " << policies << "}\n";
  return 0;
}

}  // namespace
}  // namespace authzd::bench

int main(int argc, char** argv) {
  try {
    return authzd::bench::run(argc, argv);
  } catch (const std::exception& exception) {
    std::cerr << "bench_floor: " << exception.what() << '\n';
    return 1;
  }
}

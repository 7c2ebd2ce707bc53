// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/process_console.hpp"

#include "daemon/cli/files.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <string.h>
#include <unistd.h>

namespace authzd {
namespace {

class ProcessConsole final : public Console {
 public:
  ProcessConsole() : Console(std::cout, std::cerr) {
    const char* no_colour = std::getenv("NO_COLOR");
    is_log_for_people = isatty(STDERR_FILENO) == 1;
    colour = isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
    can_ask = is_log_for_people && isatty(STDIN_FILENO) == 1;
  }

  Async<bool> ask(Question question) override {
    std::cerr << question.text << " [yes/no] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    co_return is_yes(answer);
  }

  Async<void> write_file(std::string path, std::string text) override {
    co_return write_whole_file(path, text);
  }
};

}  // namespace

std::unique_ptr<Console> process_console() {
  return std::make_unique<ProcessConsole>();
}

Environment take_environment() {
  constexpr std::array kNames{"IBMCLOUD_API_KEY",
                              "IC_API_KEY",
                              "IBMCLOUD_IAM_API_ENDPOINT",
                              "IBMCLOUD_RESOURCE_CONTROLLER_API_ENDPOINT",
                              "CREDENTIALS_DIRECTORY",
                              kSudoUid.data(),
                              "HTTPS_PROXY",
                              "https_proxy",
                              "NO_PROXY",
                              "no_proxy"};
  Environment environment;
  for (const char* name : kNames) {
    if (const char* value = std::getenv(name); value != nullptr) environment.emplace(name, value);
  }
  for (const char* name : {"IBMCLOUD_API_KEY", "IC_API_KEY"}) {
    // The kernel shows the memory that the environment began in, whatever unsetenv forgets.
    if (char* value = std::getenv(name); value != nullptr) explicit_bzero(value, strlen(value));
    unsetenv(name);
  }
  return environment;
}

}  // namespace authzd
